/** Definitions as modules: what is printed is imported as a file, and the guide's examples are, too. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkflowDocument } from '@cloudflow/core/definition/document.ts';
import { toCode } from '@cloudflow/sdk/builder/index.ts';
import { afterAll, expect, it } from 'vitest';
import { blocks } from './cases/blocks.ts';
import { data } from './cases/data.ts';
import { failing } from './cases/failing.ts';
import { flow } from './cases/flow.ts';
import { rounds } from './cases/rounds.ts';
import { signals } from './cases/signals.ts';
import { patterns } from './patterns/index.ts';

// Beside the tests, so that the modules find the workspaces.
const folder = mkdtempSync(join(import.meta.dirname, '.modules-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

async function imported(code: string): Promise<unknown> {
  files += 1;
  const path = join(folder, `module-${files}.ts`);
  writeFileSync(path, code);
  return ((await import(pathToFileURL(path).href)) as { default: unknown }).default;
}

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const documents = [
  ...[...blocks, ...data, ...failing, ...flow, ...rounds, ...signals].map(({ definition }) => definition),
  ...patterns.map(({ shown }) => shown.definition),
  JSON.parse(read('../examples/customer-onboarding/workflow.json')),
].map((each) => JSON.parse(JSON.stringify(each)) as WorkflowDocument);

it('every definition of the cases, the patterns and the examples is the same when it is imported as code', async () => {
  expect(documents.length).toBeGreaterThan(80);
  for (const document of documents) expect(await imported(toCode(document))).toEqual(document);
});

it('the modules of the guide are workflows', async () => {
  const modules = [...read('../docs/guides/write-a-workflow-in-code.md').matchAll(/```ts\n([\s\S]*?)```/g)];
  const made = [];
  for (const [, code = ''] of modules) made.push(await imported(code));
  expect(made).toMatchObject([{ workflow_id: 'welcome' }, { workflow_id: 'ship-order' }, { workflow_id: 'greeting' }]);
});
