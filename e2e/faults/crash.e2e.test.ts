/** kill -9 under load, again and again: what was acknowledged ends, what was recorded does not run again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../packages/server/testing/server.ts';
import { createChance } from './chance.ts';
import { startEffectSink } from './effect-sink.ts';
import { killEverything, killPostmaster, killProduct } from './kill.ts';
import { runLoad } from './load.ts';
import { openLedger } from './verdict.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const total = 500;
const clients = 48;
const kills = ['everything', 'everything', 'the product', 'the postmaster', 'everything'] as const;
/** Less under way than this, or less acknowledged before, and a kill proves little. */
const fairShare = 20;

it(`runs ${total} executions with effects to their end through ${kills.length} kill -9 [E16 F01 F03]`, async () => {
  const chance = createChance();
  const folder = await mkdtemp(join(tmpdir(), 'cloudflow-crash-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const sink = await startEffectSink(folder);
  cleanups.push(sink.stop);
  const options = { dataDir: join(folder, 'data'), env: { CLOUDFLOW_EGRESS_ALLOW: '127.0.0.1' } };
  let server: RunningServer = await startServer(options);
  cleanups.push(() => server.kill());
  expect((await server.api('POST', '/workflows', paying(sink.url))).status).toBe(201);

  const load = runLoad({
    url: server.url,
    apiKey: server.apiKey,
    workflow: 'paying',
    total,
    clients,
    inputOf: (n) => ({ refusals: n % 5 === 0 ? 2 : 0 }),
    waitOf: (n) => (n % 4 === 0 ? undefined : '20s'),
  });
  const killedAt: { how: string; at: number; acknowledged: number; backMs: number }[] = [];
  for (const [round, how] of kills.entries()) {
    await Promise.race([load.whenAcknowledged(60 + round * 80 + chance.between(0, 40)), load.finished]);
    const acknowledged = load.acknowledged.size;
    const at = Date.now();
    if (how === 'the postmaster') killPostmaster(server);
    else {
      await (how === 'everything' ? killEverything(server) : killProduct(server));
      server = await startServer({ ...options, port: server.port, apiKey: server.apiKey });
    }
    killedAt.push({ how, at, acknowledged, backMs: Date.now() - at });
  }
  await load.finished;
  const ledger = await openLedger(server.databaseUrl());
  cleanups.push(ledger.close);
  await ledger.allEnded(30_000);

  const verdict = await ledger.judge(sink.received());
  const underWay = await ledger.underWayAt(killedAt.map(({ at }) => at));
  console.log('crash test', { seed: chance.seed, refusals: load.refusals, replayed: replayedOf(load), verdict });
  console.table(killedAt.map(({ at, ...kill }, round) => ({ ...kill, underWay: underWay[round] })));

  expect(await ledger.statuses()).toEqual({ 2: total });
  const ids = new Set([...load.acknowledged.values()].map(({ executionId }) => executionId));
  const known = await ledger.rows<{ id: string }>('select id from workflow_executions');
  expect(new Set(known.map(({ id }) => id))).toEqual(ids);
  expect(verdict).toMatchObject({ otherKeys: [], afterOutcome: [], withoutEffect: [], steps: total * 4 });
  expect(await ledger.damage()).toEqual({});

  // The run proves something: every kill hit work that was under way, and some of it had to be repeated.
  for (const count of underWay) expect(count).toBeGreaterThan(fairShare);
  for (const { acknowledged } of killedAt) expect(acknowledged).toBeGreaterThan(fairShare);
  expect(verdict.repeated).toBeGreaterThan(0);
  expect(replayedOf(load)).toBeGreaterThan(0);
  await ledger.close();
  expect(await server.stop()).toBe(0);
});

function replayedOf({ acknowledged }: ReturnType<typeof runLoad>): number {
  return [...acknowledged.values()].filter(({ replayed }) => replayed).length;
}

/** Calls in a row and side by side, a wait between them, and one that is refused at first. */
function paying(sink: string) {
  const call = (id: string, query: string, more: object = {}) => ({
    id,
    type: 'http_request',
    config: { method: 'POST', url: `${sink}/\${execution.id}/${id}?${query}` },
    ...more,
  });
  return {
    workflow_id: 'paying',
    version: '1.0.0',
    steps: [
      call('reserve', 'delay=30'),
      call('charge', 'delay=60', { depends_on: ['reserve'] }),
      call('notify', 'delay=60', { depends_on: ['reserve'] }),
      { id: 'pause', type: 'wait', config: { for: '200ms' }, depends_on: ['charge'] },
      call('ship', `delay=20&fail=\${input.refusals}`, {
        depends_on: ['pause', 'notify'],
        retry: { max_attempts: 6, initial: 50, backoff: 'fixed' },
      }),
    ],
  };
}
