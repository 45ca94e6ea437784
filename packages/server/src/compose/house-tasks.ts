/** The chores of a process that drives executions. */
import { forgetCredentialKeys } from '../credential/index.ts';
import { forgetKeys, forgetOperations, forgetOwners, forgetSnapshots, forgetTasks, retain } from '../engine/index.ts';
import type { BlobStore } from '../kernel/blob/blob-store.ts';
import type { Clock } from '../kernel/clock/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { ensurePartitions, monthsOfRoom } from '../kernel/db/partitions.ts';
import type { Logger } from '../kernel/log/log.ts';
import type { HousekeepingTask } from '../ops/index.ts';
import { forgetPublishKeys } from '../workflow/index.ts';
import type { HouseNumbers } from './part-metrics.ts';

export type HouseTaskDeps = {
  readonly database: Database;
  readonly idempotencyTtlMs: number;
  readonly retention: RetentionPlan | null;
  readonly clock: Clock;
  readonly numbers: HouseNumbers;
  readonly log: Logger;
};

/** Null: everything is kept for ever. */
export type RetentionPlan = { readonly months: number; readonly blobs: BlobStore; readonly archives: BlobStore };

const minuteMs = 60_000;
/** Fewer whole months ahead than this are said to be too few while there is still time to find out why. */
const fewMonths = 12;

export function houseTasks(deps: HouseTaskDeps): HousekeepingTask[] {
  const { database, idempotencyTtlMs, clock, numbers, log } = deps;
  const { room, forgotten } = numbers;
  return [
    ...retention(deps),
    {
      name: 'forget idempotency keys',
      everyMs: Math.min(10 * minuteMs, idempotencyTtlMs),
      async run(signal) {
        const window = { olderThanMs: idempotencyTtlMs, signal };
        forgotten.inc(await forgetKeys(database, window));
        forgotten.inc(await forgetPublishKeys(database, window));
        forgotten.inc(await forgetCredentialKeys(database, window));
        forgotten.inc(await forgetOperations(database, window));
      },
    },
    { name: 'forget snapshots', everyMs: 60 * minuteMs, run: () => forgetSnapshots(database) },
    { name: 'forget ended tasks', everyMs: 10 * minuteMs, run: () => forgetTasks(database) },
    { name: 'forget owners of attempts', everyMs: minuteMs, run: () => forgetOwners(database) },
    {
      name: 'make partitions',
      everyMs: 60 * minuteMs,
      async run() {
        const client = await database.connectDirect('partitions', { role: 'owner' });
        try {
          await ensurePartitions(client, clock.now());
          const months = await monthsOfRoom(client, clock.now());
          room.set(months);
          if (months < fewMonths) log.error({ months }, 'too few partitions ahead: see earlier lines of this task');
        } finally {
          await client.end();
        }
      },
    },
  ];
}

function retention({ database, retention: plan, clock, numbers, log }: HouseTaskDeps): HousekeepingTask[] {
  if (plan === null) return [];
  const { months, blobs, archives } = plan;
  return [
    {
      name: 'archive and drop old months',
      everyMs: 60 * minuteMs,
      run: (signal) =>
        retain({ database, blobs, archives, log, observer: numbers.retention }, { now: clock.now(), months, signal }),
    },
  ];
}
