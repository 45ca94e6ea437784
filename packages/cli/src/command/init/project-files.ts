/** The files of a new project. */
import { version } from '../../version.ts';

export function projectFiles(folder: string): Readonly<Record<string, string>> {
  const name =
    folder
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'flows';
  const manifest = {
    name,
    private: true,
    type: 'module',
    scripts: { dev: 'cloudflow dev', test: 'node --test' },
    devDependencies: { '@cloudflow/sdk': version, cloudflow: version, typebox: '1.4.3' },
  };
  return {
    'cloudflow.yaml': `# What holds for this project. Keys do not belong here: \`cloudflow auth login\` keeps them.
workflows: workflows
actions: actions
`,
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    '.gitignore': '.cloudflow/\nnode_modules/\n',
    'workflows/hello.yaml': hello,
    'actions/shout.action.ts': action,
    'actions/shout.action.test.ts': actionTest,
  };
}

const hello = `# Try it: cloudflow run start hello --input '{"name": "Ann"}' --watch
workflow_id: hello
version: 1.0.0
name: Say hello
input_schema:
  type: object
  required: [name]
  properties:
    name: { type: string }
steps:
  - id: greet
    type: transform
    config:
      output: Hello \${input.name}
  - id: shout
    type: example.shout
    depends_on: [greet]
    config:
      text: \${steps.greet.output}
output: \${steps.shout.output.text}
`;

const action = `/** Runs on this machine: \`cloudflow dev\` and \`cloudflow worker\` take its tasks. */
import { defineAction } from '@cloudflow/sdk';
import Type from 'typebox';

export default defineAction({
  type: 'example.shout',
  title: 'Shout',
  description: 'Says it in capital letters.',
  version: 1,
  config: Type.Object({ text: Type.String() }, { additionalProperties: false }),
  output: Type.Object({ text: Type.String() }),
  errors: [],
  defaultTimeoutMs: 10_000,
  effect: 'none',
  async run({ config }) {
    return { text: \`\${config.text.toUpperCase()}!\` };
  },
});
`;

const actionTest = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext, runAction } from '@cloudflow/sdk/testing';
import shout from './shout.action.ts';

test('says it in capital letters', async () => {
  assert.deepEqual(await runAction(shout, fakeContext({ config: { text: 'hello' } })), { text: 'HELLO!' });
});
`;
