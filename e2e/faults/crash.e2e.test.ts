/** kill -9 under load, again and again: what was acknowledged ends, what was recorded does not run again. */
import { expect, it } from 'vitest';
import type { RunningServer } from '../../packages/server/testing/server.ts';
import { createChance } from './chance.ts';
import { killEverything, killPostmaster, killProduct } from './kill.ts';
import { replayedOf, runLoad } from './load.ts';
import { after, effect, publish, useStage } from './stage.ts';

const stage = useStage();
const total = 500;
const clients = 48;
const kills = ['everything', 'everything', 'the product', 'the postmaster', 'everything'] as const;
/** Less under way than this, or less acknowledged before, and a kill proves little. */
const fairShare = 8;
const retry = { max_attempts: 6, initial: 50, backoff: 'fixed' };

it(`runs ${total} executions with effects to their end through ${kills.length} kill -9 [E16 F01 F03]`, async () => {
  const chance = createChance();
  const sink = await stage.sink();
  const dataDir = await stage.folder();
  let server: RunningServer = await stage.server({ dataDir });
  await publish(server, 'paying', [
    effect(sink, 'reserve', 'delay=30'),
    effect(sink, 'charge', 'delay=60', after('reserve')),
    effect(sink, 'notify', 'delay=60', after('reserve')),
    { id: 'pause', type: 'wait', config: { for: '200ms' }, ...after('charge') },
    effect(sink, 'ship', 'delay=20&fail=${input.refusals}', { ...after('pause', 'notify'), retry }),
  ]);

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
    if (how === 'the postmaster') await killPostmaster(server);
    else {
      await (how === 'everything' ? killEverything(server) : killProduct(server));
      server = await stage.server({ dataDir, port: server.port, apiKey: server.apiKey });
    }
    killedAt.push({ how, at, acknowledged, backMs: Date.now() - at });
  }
  await load.finished;
  const ledger = await stage.ledger(server);
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
  expect(await server.stop()).toBe(0);
});
