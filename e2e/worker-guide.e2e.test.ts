/** docs/guides/write-a-custom-action.md: its files compile, and do what the guide says. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { useProduct } from './product.ts';

const run = promisify(execFile);
const product = useProduct();
const root = fileURLToPath(new URL('..', import.meta.url));
const guide = readFileSync(join(root, 'docs/guides/write-a-custom-action.md'), 'utf8');
const files = [...guide.matchAll(/^`([\w.-]+)`:\n\n```ts\n(.*?)```/gms)].map(([, name = '', text = '']) => ({
  name,
  text,
}));
const [definition] = [...guide.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text) as object);

let folder = '';
let worker: ChildProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudflow guide '));
  for (const { name, text } of files) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(async () => {
  worker?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

it('the code of the guide to custom actions compiles', async () => {
  expect(files.map(({ name }) => name)).toEqual(['charge-card.action.ts', 'worker.ts']);
  const options = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: { lib: ['ES2024'], types: ['node'] },
    files: ['worker.ts'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [tsc, '-p', folder, '--pretty', 'false']).catch((error) => error);
  expect(stdout).toBe('');
});

it('the worker of the guide runs its steps, and stops without losing any', async () => {
  const { server, api } = product;
  const env = { ...process.env, CLOUDFLOW_URL: server.url, CLOUDFLOW_API_KEY: server.apiKey };
  worker = spawn(process.execPath, [join(folder, 'worker.ts')], { env, stdio: 'inherit' });
  await expect
    .poll(async () => (await api.get('/registry/actions/acme.charge-card')).status, { timeout: 20_000 })
    .toBe(200);
  expect((await api.post('/workflows', definition)).status).toBe(201);
  const finished = async (input: object) => {
    const { json } = await api.post('/workflows/guide-order/execute', { input });
    return api.ended(json.execution_id);
  };
  expect(await finished({ card: 'good', cents: 1250 })).toMatchObject({
    status: 'COMPLETED',
    output: 'receipt for 1250 cents, charge',
  });
  expect(await finished({ card: 'slow', cents: 5 })).toMatchObject({ status: 'COMPLETED' });
  expect(await finished({ card: 'stolen', cents: 5 })).toMatchObject({
    status: 'FAILED',
    error: { code: 'card_declined' },
  });
  expect(await finished({ card: 'good', cents: 0 })).toMatchObject({
    status: 'FAILED',
    error: { code: 'config_invalid' },
  });
  const { json } = await api.post('/workflows/guide-order/execute', { input: { card: 'good', cents: 77 } });
  await api.ended(json.execution_id);
  const lines = async () => (await api.get(`/executions/${json.execution_id}/logs`)).json.data;
  await expect
    .poll(lines)
    .toMatchObject([{ source: 'worker', level: 'info', step: 'charge', message: 'charged', fields: { cents: 77 } }]);
  const exited = new Promise((resolve) => worker?.once('exit', resolve));
  worker.kill('SIGTERM');
  expect(await exited).toBe(0);
});
