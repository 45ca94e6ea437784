/** PostgreSQL is killed again and again under a product that goes on. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { RunningServer } from '../../packages/server/testing/server.ts';
import { createChance } from './chance.ts';
import { killPostmaster } from './kill.ts';
import { replayedOf, runLoad } from './load.ts';
import { after, effect, publish, useStage } from './stage.ts';

const stage = useStage();
const total = 300;
const kills = 6;

it(`lives through ${kills} kill -9 of its PostgreSQL: 503 with Retry-After while it is away, then as before [F06]`, async () => {
  const chance = createChance();
  console.log(`FAULT_SEED=${chance.seed} repeats this run`);
  const sink = await stage.sink();
  const server = await stage.server({});
  await publish(server, 'steady', [
    effect(sink, 'one', 'delay=100'),
    { id: 'pause', type: 'wait', config: { for: '300ms' }, ...after('one') },
    effect(sink, 'two', 'delay=100', after('pause')),
  ]);
  let exit: number | null | 'none' = 'none';
  void server.exited.then((code) => (exit = code));
  const { url, apiKey } = server;
  const load = runLoad({ url, apiKey, workflow: 'steady', total, clients: 24, waitOf: () => '5s' });
  const reader = readAlong(server);
  const over = Promise.race([load.finished, server.exited]);

  for (let kill = 0; kill < kills; kill += 1) {
    await Promise.race([load.whenAcknowledged((kill + 1) * 38 + chance.between(0, 12)), over]);
    await killPostmaster(server);
  }
  await over;
  expect(exit).toBe('none');
  const ledger = await stage.ledger(server);
  await ledger.allEnded(30_000);
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 10_000 }).toBe(200);
  const seen = await reader.stop();

  const verdict = await ledger.judge(sink.received());
  const replayed = replayedOf(load);
  console.log('postgres down', { seen, refusals: load.refusals, replayed, verdict });
  expect(await ledger.statuses()).toEqual({ 2: total });
  expect(verdict).toMatchObject({ otherKeys: [], afterOutcome: [], withoutEffect: [], steps: total * 2 });
  expect(await ledger.damage()).toEqual({});
  expect(load.hasteless).toEqual([]);
  // Readers had answers all the time: what they asked for, or when to come again; and both did happen.
  expect([...seen.keys()].filter((status) => status !== '200' && status !== '503, Retry-After')).toEqual([]);
  expect(seen.get('503, Retry-After')).toBeGreaterThan(0);
  expect(await server.stop()).toBe(0);
});

/** Reads a list and the readiness all the time, and counts what it is answered. */
function readAlong(server: RunningServer) {
  const seen = new Map<string, number>();
  let stopping = false;
  const reading = read();
  reading.catch(() => undefined); // told by `stop`; a product that is gone fails the test by itself

  async function read(): Promise<void> {
    while (!stopping) {
      const { status, headers } = await server.api('GET', '/executions?limit=1');
      const name = headers.get('retry-after') === null ? `${status}` : `${status}, Retry-After`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
      await pause(20);
    }
  }
  return {
    async stop() {
      stopping = true;
      await reading;
      return seen;
    },
  };
}
