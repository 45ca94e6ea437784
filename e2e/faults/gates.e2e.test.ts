/** kill -9 of everything while one execution holds a place and others wait: no place is lost, and never are there two. */
import { expect, it } from 'vitest';
import { killEverything } from './kill.ts';
import { effect, useStage } from './stage.ts';

const stage = useStage();
const total = 12;

it(`hands one place on through ${total} executions and three kill -9 [F87]`, async () => {
  const sink = await stage.sink();
  const dataDir = await stage.folder();
  let server = await stage.server({ dataDir });
  const step = effect(sink, 'work', 'delay=120', { retry: { max_attempts: 4, initial: 20, backoff: 'fixed' } });
  const definition = { workflow_id: 'one-by-one', version: '1.0.0', steps: [step], concurrency: { limit: 1 } };
  expect(await server.api('POST', '/workflows', definition)).toMatchObject({ status: 201 });
  const ids: string[] = [];
  for (let n = 0; n < total; n += 1) {
    const started = await server.api('POST', '/workflows/one-by-one/execute', { input: { n } });
    ids.push((started.json as { execution_id: string }).execution_id);
  }
  const ended = async (): Promise<number> => (await (await stage.ledger(server)).statuses())[2] ?? 0;
  for (const atLeast of [2, 4, 6]) {
    await expect.poll(ended, { timeout: 20_000, interval: 50 }).toBeGreaterThanOrEqual(atLeast);
    await killEverything(server);
    server = await stage.server({ dataDir, port: server.port, apiKey: server.apiKey });
  }
  const ledger = await stage.ledger(server);
  await ledger.allEnded(30_000);
  expect(await ledger.statuses()).toEqual({ 2: total });
  const spans = await ledger.rows<{ id: string; overlaps: boolean }>(
    `select id, started_at < lag(finished_at) over (order by started_at) as overlaps from workflow_executions order by started_at`,
  );
  expect(spans.map(({ id }) => id)).toEqual(ids);
  expect(spans.filter(({ overlaps }) => overlaps)).toEqual([]);
  expect(await ledger.rows('select from gate_entries')).toEqual([]);
  expect(await ledger.damage()).toEqual({});
  expect(await server.stop()).toBe(0);
});
