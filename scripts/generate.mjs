/**
 * Writes what is printed from code: `npm run generate`. The results are committed, so that a reviewer sees what a change
 * does to them; `npm run verify` fails when they are not fresh.
 */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * A new generated file is a line here. `command` is what Node runs, from the root of the repository; it writes `outputs`,
 * the same bytes every time.
 *
 * @type {readonly { name: string, command: readonly string[], outputs: readonly string[] }[]}
 */
export const generators = [
  {
    name: 'index of the connectors',
    command: ['scripts/generate-connector-index.mjs'],
    outputs: ['packages/connectors/src/index.generated.ts'],
  },
  {
    name: 'reference of the actions',
    command: ['scripts/generate-action-docs.mjs'],
    outputs: ['docs/reference/actions.md'],
  },
  {
    name: 'typed part of the client, and its reference',
    command: ['tools/client/main.ts'],
    outputs: ['packages/sdk/src/client/api.generated.ts', 'docs/reference/sdk.md'],
  },
  {
    name: 'reference and schema of the definition language',
    command: ['scripts/generate-definition-reference.mjs'],
    outputs: [
      'docs/reference/definition.md',
      'docs/reference/workflow-1.0.schema.json',
      'docs/reference/workflow-test-1.0.schema.json',
    ],
  },
  {
    name: 'reference of the command line',
    command: ['scripts/generate-cli-page.mjs'],
    outputs: ['docs/reference/cli.md'],
  },
  {
    name: 'reference of the configuration',
    command: ['scripts/generate-config-page.mjs'],
    outputs: ['docs/reference/config.md'],
  },
  {
    name: 'reference of the errors',
    command: ['scripts/generate-error-page.mjs'],
    outputs: ['docs/reference/errors.md'],
  },
  {
    name: 'reference of the expressions',
    command: ['scripts/generate-expression-page.mjs'],
    outputs: ['docs/reference/expressions.md'],
  },
  {
    name: 'reference of the metrics',
    command: ['scripts/generate-metrics-page.mjs'],
    outputs: ['docs/reference/metrics.md'],
  },
  {
    name: 'page of the control-flow patterns',
    command: ['scripts/generate-patterns-page.mjs'],
    outputs: ['docs/reference/patterns.md'],
  },
  {
    name: 'gallery of the examples',
    command: ['scripts/generate-examples-page.mjs'],
    outputs: ['examples/README.md'],
  },
  {
    name: 'schema of the database',
    command: ['scripts/generate-schema.mjs'],
    outputs: ['docs/reference/schema.sql'],
  },
];

/** Runs every generator; throws with its output when one fails. */
export function generate() {
  for (const { name, command } of generators) {
    const { status, error, stdout, stderr } = spawnSync(execPath, command, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name} cannot be generated: ${error?.message ?? stderr + stdout}`);
  }
}

if (fileURLToPath(import.meta.url) === argv[1]) {
  generate();
  for (const { outputs } of generators) for (const output of outputs) console.log(output);
}
