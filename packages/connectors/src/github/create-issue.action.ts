/** Opens an issue in a repository of GitHub. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { callGitHub, errors, objectOf, repository } from './github-api.ts';

const names = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100, description }));

export default defineAction({
  type: 'github.create-issue',
  title: 'Open an issue on GitHub',
  description:
    'Opens an issue. GitHub cannot tell a repeat from a second issue: after a timeout there may be two, unless the step has ' +
    '`delivery: "at_most_once"`.',
  category: 'services',
  icon: 'github',
  version: 1,
  config: Type.Object(
    {
      ...repository,
      title: Type.String({ minLength: 1, maxLength: 256, description: 'What it is about.' }),
      body: Type.Optional(Type.String({ maxLength: 65_536, description: 'Markdown.' })),
      labels: names('Labels, which must exist or may be made by the token.'),
      assignees: names('Logins of the people it is given to.'),
      milestone: Type.Optional(Type.Integer({ minimum: 1, description: 'Number of a milestone.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    number: Type.Integer({ description: 'Of the issue, in its repository.' }),
    id: Type.Integer({ description: 'Of the issue, in all of GitHub.' }),
    url: Type.String({ description: 'Where a person reads it.' }),
  }),
  errors,
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { credential: _name, owner, repo, ...issue } = context.config;
    const answer = await callGitHub(context, { method: 'POST', path: `/repos/${owner}/${repo}/issues`, body: issue });
    const { number, id, html_url } = objectOf(answer);
    return { number: Number(number), id: Number(id), url: String(html_url) };
  },
});
