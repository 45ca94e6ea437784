/** What workers of tenants are served with, wired to the other parts. */
import { defaultAttemptLimits, storableOutput } from '../action/index.ts';
import { hint } from './hinting.ts';
import { countTasks, lapseTasks } from './store/task-chores.ts';
import { type ClaimQueue, createClaimQueue } from './tasks/claim-queue.ts';
import { createLapses, type Lapses } from './tasks/lapses.ts';
import { noTaskObserver } from './tasks/task-observer.ts';
import { createTasks, type Tasks } from './tasks/tasks.ts';
import type { Parts } from './wiring.ts';

/** Half of the shortest time in which a worker that could not be heard is heard again by default. */
const QUIET_MS = 15_000;

export function wireClaims({ deps: { log } }: Parts): ClaimQueue {
  return createClaimQueue({ log });
}

export function wireTasks(parts: Parts): Tasks {
  const { database, secrets, maxOutputBytes = defaultAttemptLimits.maxOutputBytes } = parts.deps;
  const limits = { ...defaultAttemptLimits, maxOutputBytes };
  return createTasks({
    database,
    secrets,
    queue: parts.claims,
    observer: parts.deps.taskObserver ?? noTaskObserver,
    outcomeOf: (output) => storableOutput(output, limits),
    keepLine: parts.deps.keepLine ?? (() => undefined),
    hint: (executionIds) => hint(parts, 'inbox', executionIds),
  });
}

export function wireLapses(parts: Parts): Lapses {
  const { database, log, taskObserver: observer = noTaskObserver, taskQuietMs: quietMs = QUIET_MS } = parts.deps;
  return createLapses({
    log,
    observer,
    quietMs,
    lapse: () => lapseTasks(database),
    count: () => countTasks(database),
    hint: (executionIds) => hint(parts, 'inbox', executionIds),
  });
}
