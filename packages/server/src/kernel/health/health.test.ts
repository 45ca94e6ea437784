import { expect, test } from 'vitest';
import { createHealth } from './health.ts';

test('a part that is well may say what people should know all the same', async () => {
  const engine = { name: 'engine', check: () => Promise.resolve('stuck: overdue_timers: 2') };
  expect(await createHealth([engine]).report()).toEqual({
    ready: true,
    parts: { engine: { ok: true, reason: 'stuck: overdue_timers: 2' } },
  });
});

test('a process is ready when all of its parts are, and says which one is not', async () => {
  const database = { name: 'database', check: async () => undefined };
  const engine = { name: 'engine', check: () => Promise.reject(new Error('the engine takes no work')) };
  expect(await createHealth([database]).report()).toEqual({ ready: true, parts: { database: { ok: true } } });
  expect(await createHealth([database, engine]).report()).toEqual({
    ready: false,
    parts: { database: { ok: true }, engine: { ok: false, reason: 'the engine takes no work' } },
  });
});

test('a process that drains is not ready, whatever its parts say', async () => {
  const health = createHealth([]);
  health.drain();
  expect(await health.report()).toMatchObject({ ready: false });
});

test('probes that come at the same time share one look, and a later one looks again', async () => {
  let looks = 0;
  const held = Promise.withResolvers<void>();
  const health = createHealth([{ name: 'database', check }]);
  async function check(): Promise<undefined> {
    looks += 1;
    await held.promise;
    return undefined;
  }
  const reports = [health.report(), health.report(), health.report()];
  held.resolve();
  await Promise.all(reports);
  expect(looks).toBe(1);
  await health.report();
  expect(looks).toBe(2);
});
