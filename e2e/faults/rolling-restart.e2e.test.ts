/** Two processes on one PostgreSQL, restarted in turn under load, as a deployment does: nothing is done twice, nothing is lost. */
import { expect, it } from 'vitest';
import type { RunningServer } from '../../packages/server/testing/server.ts';
import { runLoad } from './load.ts';
import { after, effect, publish, useStage } from './stage.ts';

const stage = useStage();
const total = 160;
const clientsOfEach = 16;

it('restarting each of two processes in turn, with steps under way for seconds, doubles and loses no effect [F11 F12]', async () => {
  const [sink, postgres] = [await stage.sink(), await stage.postgres()];
  const env = { DATABASE_URL: postgres.url, CLOUDFLOW_DRAIN_TIMEOUT: '20s' };
  const servers: RunningServer[] = [await stage.server({ env })];
  const [{ apiKey }] = servers as [RunningServer];
  servers.push(await stage.server({ env, apiKey }));
  await publish(servers[0] as RunningServer, 'slow', [
    effect(sink, 'first', 'delay=${input.ms}'),
    effect(sink, 'second', 'delay=${input.ms}', after('first')),
    effect(sink, 'last', 'delay=5', after('second')),
  ]);
  // Each client has its own process; when that stops, it comes again to the same address.
  const loads = servers.map(({ url }, half) =>
    runLoad({
      url,
      apiKey,
      workflow: 'slow',
      total: total / 2,
      clients: clientsOfEach,
      keyOf: (n) => `start-${half}-${n}`,
      inputOf: (n) => ({ ms: 1_000 + (n % 5) * 500 }),
      waitOf: () => '20s',
    }),
  );

  for (const [half, load] of loads.entries()) {
    const server = servers[half] as RunningServer;
    await load.whenAcknowledged(clientsOfEach);
    const working = sink.received().length;
    process.kill(server.pid, 'SIGTERM');
    expect(await server.exited).toBe(0);
    // The other one has gone on with what this one gave away.
    await expect.poll(() => sink.received().length, { timeout: 10_000 }).toBeGreaterThan(working);
    servers[half] = await stage.server({ env, port: server.port, apiKey });
  }

  await Promise.all(loads.map(({ finished }) => finished));
  const ledger = await stage.ledger(servers[0] as RunningServer);
  await ledger.allEnded(60_000);
  const verdict = await ledger.judge(sink.received());
  console.log('rolling restart', { refusals: loads.map(({ refusals }) => refusals), verdict });
  expect(await ledger.statuses()).toEqual({ 2: total });
  expect(verdict).toEqual({ otherKeys: [], afterOutcome: [], withoutEffect: [], repeated: 0, steps: total * 3 });
  expect(await ledger.damage()).toEqual({});
  for (const server of servers) expect(await server.stop()).toBe(0);
}, 120_000);
