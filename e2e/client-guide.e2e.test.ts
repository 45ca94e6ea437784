/** docs/guides/use-the-client.md: its code compiles, and does what the guide says. */
import { execFile } from 'node:child_process';
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
const guide = readFileSync(join(root, 'docs/guides/use-the-client.md'), 'utf8');
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** What the reader would add to see it work. */
const afterwards = `
import { signWebhook } from '@cloudflow/sdk';
const genuine = await signWebhook('{"a":1}', { secret: '${secret}', id: 'msg_1', at: new Date() });
for (const body of ['{"a":1}', '{"a":2}']) {
  const { status } = await receive(new Request('http://here.test', { method: 'POST', body, headers: { ...genuine } }));
  console.log('webhook', status);
}
console.log('order', order.execution_id);
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudflow guide '));
  const blocks = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '');
  await writeFile(join(folder, 'guide.ts'), [...blocks, afterwards].join('\n'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('the code of the guide to the client compiles', async () => {
  const options = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: { lib: ['ES2024'], types: ['node'] },
    files: ['guide.ts'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [tsc, '-p', folder, '--pretty', 'false']).catch((error) => error);
  expect(stdout).toBe('');
});

it('the code of the guide to the client does what the guide says', async () => {
  const { url, apiKey } = product.server;
  const env = { ...process.env, CLOUDFLOW_URL: url, CLOUDFLOW_API_KEY: apiKey, WEBHOOK_SECRET: secret };
  const { stdout } = await run(process.execPath, [join(folder, 'guide.ts')], { env });
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toBe('COMPLETED Hello, Ada');
  expect(lines[1]).toMatch(/^\d+\.\d+ /);
  expect(lines).toContain('Hello, Bo');
  expect(lines).toContain('1 1 null');
  expect(lines).toContain('/steps/0/type there is no step type `transfrom`; did you mean `transform`? transform');
  expect(stdout).toMatch(/^200 "[^"]+" 1\.0\.0$/m);
  expect(lines).toEqual(expect.arrayContaining(['genuine msg_1 { a: 1 }', 'webhook 204', 'webhook 401']));
  expect(stdout).toMatch(/^order [0-9a-f-]{36}$/m);
});
