/** Two processes on one PostgreSQL, of which one is stopped for longer than its lease and wakes up again. */
import { expect, it } from 'vitest';
import type { RunningServer } from '../../packages/server/testing/server.ts';
import { runLoad } from './load.ts';
import { after, effect, publish, useStage } from './stage.ts';
import type { Ledger } from './verdict.ts';

const stage = useStage();
const total = 60;

it('a process that wakes up after its lease writes nothing of what others have taken over, and goes on [E21 F09 F13]', async () => {
  const [sink, postgres] = [await stage.sink(), await stage.postgres()];
  const env = { DATABASE_URL: postgres.url, CLOUDFLOW_LEASE: '2s', CLOUDFLOW_LOG_LEVEL: 'info' };
  const sleeper = await stage.server({ env });
  const ledger = await stage.ledger(sleeper);
  const steps = [effect(sink, 'slow', 'delay=2500'), effect(sink, 'quick', 'delay=5', after('slow'))];
  await publish(sleeper, 'slow', steps);
  const load = loadOn(sleeper, total);
  await load.finished;
  await expect.poll(() => sink.received().length, { timeout: 10_000 }).toBe(total);

  process.kill(sleeper.pid, 'SIGSTOP');
  const other = await stage.server({ env, apiKey: sleeper.apiKey });
  await ledger.allEnded(30_000);
  expect(await ownersOf(ledger)).toEqual([256]);
  const written = await journalOf(ledger);
  const lastFlush = await newestFlush(ledger);

  process.kill(sleeper.pid, 'SIGCONT');
  // It notices, and takes its share of the shards again, under new epochs.
  await expect.poll(() => ownersOf(ledger), { timeout: 15_000 }).toEqual([128, 128]);
  expect(sleeper.output()).toContain('shards are not ours any more');
  // What it still had to write was stopped at the fence, and did not get as far as the keys of the tables.
  expect(sleeper.output()).not.toContain('the database refused');
  await expect.poll(() => metric(sleeper, 'engine_executions_in_flight'), { timeout: 10_000 }).toBe(0);
  expect(await journalOf(ledger)).toEqual(written);
  const named = `select count(*)::int as n from engine_commits, unnest(refs) where flush_id > '${lastFlush}'`;
  expect(await ledger.rows(named)).toEqual([{ n: 0 }]);
  expect(await ledger.statuses()).toEqual({ 2: total });

  for (const server of [sleeper, other]) {
    const answer = await server.api('POST', '/workflows/slow/execute?wait=20s', {});
    expect(answer).toMatchObject({ status: 200, json: { status: 'COMPLETED' } });
  }
  const verdict = await ledger.judge(sink.received());
  console.log('stale owner', { verdict });
  expect(verdict).toMatchObject({ otherKeys: [], afterOutcome: [], withoutEffect: [], steps: (total + 2) * 2 });
  // All that was under way in the sleeper was done again, under the same keys: the test has had something to get wrong.
  expect(verdict.repeated).toBe(total);
  expect(await ledger.damage()).toEqual({});
  for (const server of [sleeper, other]) expect(await server.stop()).toBe(0);
});

it('what one process accepts is driven by whoever owns its shard, and who waits is answered there', async () => {
  const [sink, postgres] = [await stage.sink(), await stage.postgres()];
  const env = { DATABASE_URL: postgres.url };
  const gateway = await stage.server({ env, arguments: ['--roles', 'gateway'] });
  await publish(gateway, 'slow', [effect(sink, 'slow', 'delay=20'), effect(sink, 'quick', '', after('slow'))]);
  const ledger = await stage.ledger(gateway);
  const early = loadOn(gateway, 30);
  await early.finished;
  expect(await ledger.statuses()).toEqual({ 0: 30 });

  const engine = await stage.server({ env, arguments: ['--roles', 'engine'], apiKey: gateway.apiKey });
  const answer = await gateway.api('POST', '/workflows/slow/execute?wait=10s', {});
  expect(answer).toMatchObject({ status: 200, json: { status: 'COMPLETED', output: { quick: expect.anything() } } });
  await ledger.allEnded(10_000);
  expect(await ledger.statuses()).toEqual({ 2: 31 });
  expect(await ledger.judge(sink.received())).toMatchObject({
    otherKeys: [],
    afterOutcome: [],
    repeated: 0,
    steps: 62,
  });
  expect(await ledger.damage()).toEqual({});
  for (const server of [gateway, engine]) expect(await server.stop()).toBe(0);
});

const loadOn = ({ url, apiKey }: RunningServer, count: number) =>
  runLoad({ url, apiKey, workflow: 'slow', total: count, clients: 8 });

/** How many shards each owner has. */
async function ownersOf(ledger: Ledger): Promise<number[]> {
  const owners = await ledger.rows<{ n: number }>(
    'select count(*)::int as n from shards where owner is not null group by owner order by n',
  );
  return owners.map(({ n }) => n);
}

const journalOf = (ledger: Ledger) =>
  ledger.rows('select execution_id, seq, at, data from execution_events order by execution_id, seq');

async function newestFlush(ledger: Ledger): Promise<string> {
  const [row] = await ledger.rows<{ flush: string }>(
    'select flush_id::text as flush from engine_commits order by flush_id desc limit 1',
  );
  return row?.flush ?? '';
}

async function metric(server: RunningServer, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${server.url}/metrics`, { headers: { 'x-api-key': server.apiKey } })).text();
  const value = new RegExp(`^(?:cloudflow_)?${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}
