/** The client as others run it: compiled to JavaScript, by the oldest Node that this machine has, against the product. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useProduct } from './product.ts';

const run = promisify(execFile);
const product = useProduct();
const root = fileURLToPath(new URL('..', import.meta.url));

/** Of those on the PATH; the pinned one when there is no other. */
async function oldestNode(): Promise<{ readonly path: string; readonly version: string }> {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  const found = [...places.filter(existsSync), process.execPath].map(async (path) => {
    const { stdout } = await run(path, ['-p', 'process.versions.node']);
    return { path, version: stdout.trim() };
  });
  const supported = (await Promise.all(found)).filter(({ version }) => Number.parseInt(version, 10) >= 20);
  supported.sort((a, b) => Number.parseFloat(a.version) - Number.parseFloat(b.version));
  return supported[0] ?? expect.fail('there is no Node');
}

const program = `
import { createClient } from './client/index.js';
import { signWebhook, verifyWebhook } from './webhook/index.js';
const client = createClient({ url: process.argv[2], apiKey: process.argv[3] });
await client.workflows.create({
  workflow_id: 'client-runtimes', version: '1.0.0',
  steps: [{ id: 'say', type: 'transform', config: { output: 'hello' } }], output: '\${steps.say.output}',
});
const run = await client.workflows.run('client-runtimes');
const events = [];
for await (const { type } of client.executions.follow(run.id)) events.push(type);
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const { id } = await verifyWebhook('{}', await signWebhook('{}', { secret, id: 'm', at: new Date() }), secret);
console.log(JSON.stringify({ output: run.output, last: events.at(-1), webhook: id, refused: await client.executions.get('none').catch((error) => error.code) }));
`;

const oldest = await oldestNode();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudflow sdk '));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', 'packages/sdk/tsconfig.build.json', '--outDir', folder], { cwd: root });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'program.js'), program);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the client', () => {
  // Nothing is installed beside it: it finds all that it needs.
  it(`runs in Node ${oldest.version}, as JavaScript, without any package`, async () => {
    const { url, apiKey } = product.server;
    const { stdout } = await run(oldest.path, [join(folder, 'program.js'), url, apiKey]);
    expect(JSON.parse(stdout)).toEqual({
      output: 'hello',
      last: 'execution_ended',
      webhook: 'm',
      refused: 'not_found',
    });
  });
});
