/** Real workers, killed in the middle of a try. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aWorkflow } from '../definitions.ts';
import { useProduct } from '../product.ts';

const product = useProduct();
const script = fileURLToPath(new URL('../worker-process.ts', import.meta.url));
const workers: ChildProcess[] = [];
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudflow-effects-'));
});
afterAll(async () => {
  for (const each of workers) each.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function aWorker(sink: string, hang = false): ChildProcess {
  const { url, apiKey } = product.server;
  const env = { ...process.env, HANG: hang ? '1' : '0' };
  const child = spawn(process.execPath, [script, sink, url, apiKey], { env, stdio: 'inherit' });
  workers.push(child);
  return child;
}
const effectsIn = (sink: string): readonly { readonly key: string; readonly pid: number }[] => {
  try {
    return readFileSync(sink, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
};
const patient = { timeout: 45_000, interval: 50 };

async function killedInTheMiddle(delivery: string) {
  const { api } = product;
  const sink = join(folder, delivery);
  const first = aWorker(sink, true);
  await expect.poll(async () => (await api.get('/registry/actions/test.effect')).status, patient).toBe(200);
  const step = { id: 'effect', type: 'test.effect', delivery, config: { hang: true }, retry: { max_attempts: 1 } };
  const workflow = (await api.post('/workflows', aWorkflow([step]))).json;
  const { execution_id } = (await api.post(`/workflows/${workflow.id}/execute`)).json;
  await expect.poll(() => effectsIn(sink).length, patient).toBe(1);
  first.kill('SIGKILL');
  const second = aWorker(sink);
  await expect
    .poll(async () => (await api.get(`/executions/${execution_id}`)).json['finished_at'], patient)
    .not.toBeNull();
  second.kill('SIGTERM');
  const { json } = await api.get(`/executions/${execution_id}`);
  return { json, effects: effectsIn(sink), second };
}

it('a worker that is killed loses its task to another, under the same key [F01 F09]', async () => {
  const { json, effects, second } = await killedInTheMiddle('at_least_once');
  expect(json).toMatchObject({ status: 'COMPLETED', output: { effect: { pid: second.pid } } });
  expect(effects).toHaveLength(2);
  expect(new Set(effects.map(({ key }) => key)).size).toBe(1);
}, 120_000);

it('a worker that is killed leaves an unknown outcome where the step may run at most once', async () => {
  const { json, effects } = await killedInTheMiddle('at_most_once');
  expect(json).toMatchObject({ status: 'FAILED', error: { code: 'outcome_unknown' } });
  expect(effects).toHaveLength(1);
}, 120_000);
