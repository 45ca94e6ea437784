/** Comments on an issue or a pull request of GitHub. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { callGitHub, errors, objectOf, repository } from './github-api.ts';

export default defineAction({
  type: 'github.comment-issue',
  title: 'Comment on an issue on GitHub',
  description: 'Comments on an issue or a pull request. After a timeout there may be two comments.',
  category: 'services',
  icon: 'github',
  version: 1,
  config: Type.Object(
    {
      ...repository,
      number: Type.Integer({ minimum: 1, description: 'Of the issue or pull request.' }),
      body: Type.String({ minLength: 1, maxLength: 65_536, description: 'Markdown.' }),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    id: Type.Integer({ description: 'Of the comment.' }),
    url: Type.String({ description: 'Where a person reads it.' }),
  }),
  errors,
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { owner, repo, number, body } = context.config;
    const path = `/repos/${owner}/${repo}/issues/${number}/comments`;
    const { id, html_url } = objectOf(await callGitHub(context, { method: 'POST', path, body: { body } }));
    return { id: Number(id), url: String(html_url) };
  },
});
