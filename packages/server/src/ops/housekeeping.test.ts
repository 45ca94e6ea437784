import { expect, test } from 'vitest';
import { silentLog } from '../kernel/log/log.ts';
import { createMetrics } from '../kernel/metrics/metrics.ts';
import { createHousekeeping, type HousekeepingTask } from './housekeeping.ts';

function setup(task: Omit<HousekeepingTask, 'name'>) {
  const metrics = createMetrics();
  return { metrics, house: createHousekeeping({ tasks: [{ name: 'chore', ...task }], log: silentLog, metrics }) };
}

test('a chore is done at the start and again, also after it failed', async () => {
  const thrice = Promise.withResolvers<void>();
  let runs = 0;
  const { house, metrics } = setup({
    everyMs: 1,
    async run() {
      runs += 1;
      if (runs === 1) throw new Error('the database is away');
      if (runs === 3) thrice.resolve();
    },
  });
  house.start();
  await thrice.promise;
  await house.stop();
  expect(await metrics.text()).toContain('cloudflow_housekeeping_failures_total{task="chore"} 1');
});

test('stopping tells a running chore, waits for it, and starts no other', async () => {
  const begun = Promise.withResolvers<void>();
  let runs = 0;
  const { house } = setup({
    everyMs: 1,
    async run(signal) {
      runs += 1;
      begun.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  house.start();
  await begun.promise;
  await house.stop();
  expect(runs).toBe(1);
});
