/**
 * Looks after leases: each second, in every process that drives executions. A process that has just come up, or could not reach
 * the database, waits first: workers could not be heard either, and are not to lose what they do for that.
 */
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';
import type { LapsedTask, TaskNumbers } from '../store/task-chores.ts';
import type { TaskObserver } from './task-observer.ts';

export type LapsesDeps = {
  readonly log: Logger;
  readonly observer: TaskObserver;
  readonly lapse: () => Promise<readonly LapsedTask[]>;
  readonly count: () => Promise<TaskNumbers>;
  readonly hint: (executionIds: readonly string[]) => void;
  /** What workers have to be heard again in. */
  readonly quietMs: number;
};

export type Lapses = { look(): Promise<void> };

const COUNT_EVERY = 5;

export function createLapses({ log, observer, lapse, count, hint, quietMs }: LapsesDeps): Lapses {
  const outage = createOutage(log, {
    failed: 'leases of tasks could not be looked after; it is tried again',
    over: 'leases of tasks are looked after again',
  });
  let quietUntil = performance.now() + quietMs;
  let looking: Promise<void> | null = null;
  let looks = 0;

  async function lookNow(): Promise<void> {
    looks += 1;
    if (looks % COUNT_EVERY === 1) observer.counted(await count());
    if (performance.now() < quietUntil) return;
    const over = await lapse();
    for (const { as } of over) observer.lapsed(as);
    hint(over.map(({ executionId }) => executionId));
  }

  return {
    look() {
      looking ??= lookNow()
        .then(() => outage.over())
        .catch((error: unknown) => {
          quietUntil = performance.now() + quietMs;
          outage.failed({ error });
        })
        .finally(() => {
          looking = null;
        });
      return looking;
    },
  };
}
