/** Being told to stop while there is work: what clients see, how long it takes, and what is there afterwards. */
import { expect, it } from 'vitest';
import type { RunningServer } from '../../packages/server/testing/server.ts';
import { runLoad } from './load.ts';
import { after, effect, publish, useStage } from './stage.ts';

const stage = useStage();
const total = 240;

it('SIGTERM under load ends in time with 0, a second one at once with 143, and no acknowledged work is lost [F11]', async () => {
  const sink = await stage.sink();
  const dataDir = await stage.folder();
  // The longest step takes several times as long as a stop may wait for it.
  const env = { CLOUDFLOW_DRAIN_TIMEOUT: '1s', CLOUDFLOW_LOG_LEVEL: 'info' };
  let server: RunningServer = await stage.server({ dataDir, env });
  await publish(server, 'mixed', [
    effect(sink, 'quick', 'delay=20'),
    effect(sink, 'slow', 'delay=${input.slow}', after('quick')),
    effect(sink, 'last', 'delay=5', after('slow')),
  ]);
  const { url, apiKey, port } = server;
  const load = runLoad({
    url,
    apiKey,
    workflow: 'mixed',
    total,
    clients: 24,
    inputOf: (n) => ({ slow: n % 10 === 0 ? 5_000 : 150 }),
    waitOf: (n) => (n % 2 === 0 ? '10s' : undefined),
  });
  const again = () => stage.server({ dataDir, env, port, apiKey });

  await load.whenAcknowledged(60);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const toldAt = performance.now();
  const stopped = terminated(server, 1);
  await expect.poll(() => server.output()).toContain('once more to end at once');
  // Nobody is let in any more: not by this answer, and soon not by any.
  const ready = await fetch(`${url}/readyz`).then(
    ({ status }) => status,
    () => 'refused',
  );
  expect([503, 'refused']).toContain(ready);
  expect(await stopped).toBe(0);
  const firstStopMs = performance.now() - toldAt;
  expect(firstStopMs).toBeLessThan(6_000);

  server = await again();
  await load.whenAcknowledged(150);
  const hurriedAt = performance.now();
  expect(await terminated(server, 2)).toBe(143);
  const secondStopMs = performance.now() - hurriedAt;
  expect(secondStopMs).toBeLessThan(1_000);

  server = await again();
  await load.finished;
  const ledger = await stage.ledger(server);
  await ledger.allEnded(30_000);
  const verdict = await ledger.judge(sink.received());
  console.log('drain test', { firstStopMs, secondStopMs, refusals: load.refusals, verdict });
  expect(await ledger.statuses()).toEqual({ 2: total });
  expect(verdict).toMatchObject({ otherKeys: [], afterOutcome: [], withoutEffect: [], steps: total * 3 });
  expect(verdict.repeated).toBeGreaterThan(0);
  expect(await ledger.damage()).toEqual({});
  expect(load.hasteless).toEqual([]);
  expect(await server.stop()).toBe(0);
});

/** Tells it once, or again as soon as it has heard it. */
async function terminated(server: RunningServer, times: 1 | 2): Promise<number | null> {
  process.kill(server.pid, 'SIGTERM');
  if (times === 2) {
    await expect.poll(() => server.output(), { interval: 5 }).toContain('once more to end at once');
    process.kill(server.pid, 'SIGTERM');
  }
  return server.exited;
}
