/** 100,000 executions that wait: what they hold of memory, and how late they wake when 1,000 are due each second. */
import type { BenchDatabase } from '../database.ts';
import { createHttpClient } from '../http-load.ts';
import { startProduct } from '../product-process.ts';
import type { Figure } from './index.ts';

const SLEEPERS = 100_000;
const BATCH = 1_000;
const WAKE_PER_SECOND = 1_000;
/** Time to start them all before the first is due. */
const HEAD_START_MS = 60_000;

export async function sleepers(database: BenchDatabase, say: (text: string) => void): Promise<readonly Figure[]> {
  const first = await startProduct(database.url);
  const client = createHttpClient(first.url, first.key, 4);
  const before = first.resident();
  const firstDue = Date.now() + HEAD_START_MS;
  say(`sleepers: ${SLEEPERS} start …`);
  for (let begun = 0; begun < SLEEPERS; begun += BATCH) {
    const items = Array.from({ length: BATCH }, (_, n) => ({
      input: { at: new Date(firstDue + ((begun + n) * 1_000) / WAKE_PER_SECOND).toISOString() },
    }));
    const { status, body } = await client.post('/api/v1/workflows/wait-until/execute/batch', JSON.stringify({ items }));
    if (status !== 202) throw new Error(`a batch was refused: ${status} ${body}`);
  }
  await all(database, `status = 1 and wait_reason is not null`);
  const afterBurst = first.resident();
  client.close();
  await first.stop();
  // What they hold is what a process has that did not just start them: V8 keeps for a while what a burst has made it take.
  const second = await startProduct(database.url, first.key);
  const asleep = second.resident();
  if (Date.now() > firstDue) throw new Error('they were not asleep before the first was due; this machine is too slow');
  say('sleepers: all asleep; they wake …');
  while ((await database.unfinished()) > 0) await new Promise((go) => setTimeout(go, 500));
  const [late] = await database.query<{ p50: number; p99: number; most: number; early: number }>(`
    select percentile_cont(0.5) within group (order by late)::float as p50,
           percentile_cont(0.99) within group (order by late)::float as p99,
           max(late)::float as most, count(*) filter (where late < 0)::int as early
      from (select extract(epoch from e.finished_at - (e.input::json ->> 'at')::timestamptz) * 1000 as late
              from workflow_executions e where e.input like '{"at":%') l`);
  await second.stop();
  const mb = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;
  const ms = (value: number | undefined): string => `${Math.round(value ?? Number.NaN)} ms`;
  return [
    {
      name: '100,000 waiting: resident',
      value: `${mb(asleep)} (${mb(before)} without any, ${mb(afterBurst)} right after starting them)`,
      goal: '< 200 MB',
    },
    {
      name: 'wake-ups at 1,000/s: lateness p99',
      value: `${ms(late?.p99)} (p50 ${ms(late?.p50)}, most ${ms(late?.most)})`,
      goal: '< 1 s',
    },
    { name: 'wake-ups: early', value: String(late?.early), goal: '0' },
  ];
}

/** Until all unfinished executions are so. */
async function all(database: BenchDatabase, condition: string): Promise<void> {
  const text = `select count(*)::int as n from workflow_executions where finished_at is null and not (${condition})`;
  while (((await database.query<{ n: number }>(text))[0]?.n ?? 1) > 0) await new Promise((go) => setTimeout(go, 250));
}
