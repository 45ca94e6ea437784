/** kill -9 with 10,000 executions in the middle of a step: how long until every step runs again. */
import type { BenchDatabase } from '../database.ts';
import { createHttpClient } from '../http-load.ts';
import { type ProductProcess, startProduct } from '../product-process.ts';
import type { Figure } from './index.ts';

const RUNNING = 10_000;
const BATCH = 1_000;

export async function restart(database: BenchDatabase, say: (text: string) => void): Promise<readonly Figure[]> {
  const first = await startProduct(database.url);
  const client = createHttpClient(first.url, first.key, 1);
  const body = JSON.stringify({ items: Array.from({ length: BATCH }, () => ({})) });
  say(`restart: ${RUNNING} executions begin a step …`);
  for (let n = 0; n < RUNNING; n += BATCH) {
    const answer = await client.post('/api/v1/workflows/slow/execute/batch', body);
    if (answer.status !== 202) throw new Error(`a batch was refused: ${answer.status} ${answer.body}`);
  }
  await untilRunning(first);
  client.close();
  await first.kill();
  say('restart: killed; starting again …');
  const since = performance.now();
  const second = await startProduct(database.url, first.key);
  const readyAfter = performance.now() - since;
  await untilRunning(second);
  const after = performance.now() - since;
  await database.query('delete from execution_inbox');
  await second.kill();
  await forget(database);
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  return [
    {
      name: `kill -9 with ${RUNNING.toLocaleString('en')} running: all resumed`,
      value: `${seconds(after)} after the restart (ready after ${seconds(readyAfter)}, leases of 6 s included)`,
      goal: '< 10 s',
    },
  ];
}

async function untilRunning({ url }: ProductProcess): Promise<void> {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    const running = Number(/^cloudflow_engine_attempts_running\S* (\d+)/m.exec(text)?.[1] ?? Number.NaN);
    if (Number.isNaN(running)) throw new Error('the metric of running attempts is missing');
    if (running >= RUNNING) return;
    await new Promise((go) => setTimeout(go, 50));
  }
}

/** They would never end by themselves, and the next measurement is not to take them up. */
async function forget(database: BenchDatabase): Promise<void> {
  await database.query(`update workflow_executions set finished_at = now(), status = 4 where finished_at is null`);
}
