/** One execution of 1,000,000 rounds: its memory must stay flat, and another process must take it up at once. */
import type { BenchDatabase } from '../database.ts';
import { createHttpClient } from '../http-load.ts';
import { type ProductProcess, startProduct } from '../product-process.ts';
import type { Figure } from './index.ts';

/** V8 collects late when it may: with this the figure is what is held, and what grew with the rounds would end the process. */
const HEAP_MB = 192;
const SAMPLE_EVERY_MS = 100;

export async function rounds(database: BenchDatabase, say: (text: string) => void): Promise<readonly Figure[]> {
  const first = await startProduct(database.url, undefined, HEAP_MB);
  const before = first.resident();
  say('rounds: 1,000,000 in one execution …');
  const since = performance.now();
  const id = await start(first);
  const samples: number[] = [];
  while (!(await isWaiting(database, id))) {
    samples.push(first.resident());
    await new Promise((go) => setTimeout(go, SAMPLE_EVERY_MS));
  }
  const took = performance.now() - since;
  await first.stop();
  say('rounds: all done; stopped, and taken up by another process …');
  const second = await startProduct(database.url, first.key);
  const reload = await finish(second, id);
  await second.stop();
  const half = Math.ceil(samples.length / 2);
  const mb = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;
  const most = (some: readonly number[]): number => Math.max(...some);
  return [
    {
      name: `1,000,000 rounds in a heap of ${HEAP_MB} MB: resident at most, first half and second`,
      value: `${mb(most(samples.slice(0, half)))}, ${mb(most(samples.slice(half)))} (${mb(before)} before, ${(took / 1_000).toFixed(1)} s in all)`,
      goal: 'flat',
    },
    {
      name: '1,000,000 rounds: taken up by another process and ended',
      value: `${Math.round(reload)} ms`,
      goal: '< 1 s',
    },
  ];
}

async function start({ url, key }: ProductProcess): Promise<string> {
  const client = createHttpClient(url, key, 1);
  const { status, body } = await client.post('/api/v1/workflows/million-rounds/execute', '{}');
  client.close();
  if (status !== 202) throw new Error(`the start was refused: ${status} ${body}`);
  return (JSON.parse(body) as { execution_id: string }).execution_id;
}

async function isWaiting(database: BenchDatabase, id: string): Promise<boolean> {
  const [row] = await database.query<{ waiting: boolean; ended: boolean }>(
    `select wait_reason is not null as waiting, finished_at is not null as ended from workflow_executions where id = '${id}'`,
  );
  if (row?.ended === true) throw new Error('the execution ended before its rounds were done');
  return row?.waiting === true;
}

/** Milliseconds from the signal that it waits for to its end, in a process that has never seen it. */
async function finish({ url, key }: ProductProcess, id: string): Promise<number> {
  const since = performance.now();
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const sent = await fetch(`${url}/api/v1/executions/${id}/signals/go`, {
    method: 'POST',
    headers,
    body: '{"payload":1}',
  });
  if (!sent.ok) throw new Error(`the signal was refused: ${sent.status} ${await sent.text()}`);
  for (;;) {
    const answer = await fetch(`${url}/api/v1/executions/${id}`, { headers });
    const { status } = (await answer.json()) as { status: string };
    if (status === 'COMPLETED') return performance.now() - since;
    if (status !== 'RUNNING') throw new Error(`the execution ended ${status}`);
    await new Promise((go) => setTimeout(go, 5));
  }
}
