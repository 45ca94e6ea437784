/** Starts a workflow of GitHub Actions. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { callGitHub, errors, objectOf, repository } from './github-api.ts';

export default defineAction({
  type: 'github.dispatch-workflow',
  title: 'Start a workflow of GitHub Actions',
  description:
    'Starts a workflow that has `on: workflow_dispatch`, and does not wait for it. After a timeout it may have been started twice.',
  category: 'services',
  icon: 'github',
  version: 1,
  config: Type.Object(
    {
      ...repository,
      workflow: Type.String({
        pattern: '^(\\d{1,20}|[A-Za-z0-9_][A-Za-z0-9._ -]{0,200}\\.ya?ml)$',
        description: 'Name of its file, such as `deploy.yml`, or its id.',
      }),
      ref: Type.String({ minLength: 1, maxLength: 255, description: 'Branch or tag that it runs on.' }),
      inputs: Type.Optional(
        Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
          maxProperties: 25,
          description: 'What the workflow is given; sent as text.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    run_id: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Of the run, where the server tells it; null where it does not.',
    }),
  }),
  errors,
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { owner, repo, workflow, ref, inputs = {} } = context.config;
    const path = `/repos/${owner}/${repo}/actions/workflows/${encodeURIComponent(workflow)}/dispatches`;
    const texts = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
    const answer = await callGitHub(context, { method: 'POST', path, body: { ref, inputs: texts } });
    const runId = objectOf(answer)['workflow_run_id'];
    return { run_id: typeof runId === 'number' ? runId : null };
  },
});
