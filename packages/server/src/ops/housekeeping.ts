/**
 * Runs chores at the start and then at intervals. Every process may run them at the same time: a chore is written so that doing it twice is
 * doing it once. One that fails is logged, counted, and comes again; it never ends the process.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../kernel/log/log.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';

export type HousekeepingTask = {
  readonly name: string;
  readonly everyMs: number;
  run(signal: AbortSignal): Promise<void>;
};

export type HousekeepingDeps = {
  readonly tasks: readonly HousekeepingTask[];
  readonly log: Logger;
  readonly metrics: Metrics;
};

export type Housekeeping = {
  start(): void;
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
};

export function createHousekeeping({ tasks, log, metrics }: HousekeepingDeps): Housekeeping {
  const stopping = new AbortController();
  const failures = metrics.counter({
    name: 'housekeeping_failures_total',
    help: 'Chores that failed, by `task`',
    labels: ['task'],
  });
  let loops: readonly Promise<void>[] = [];

  async function loop({ name, everyMs, run }: HousekeepingTask): Promise<void> {
    const { signal } = stopping;
    do {
      try {
        await run(signal);
      } catch (error) {
        if (signal.aborted) return;
        failures.inc({ task: name });
        log.warn({ error, task: name }, 'a chore failed; it comes again');
      }
    } while (await pause(everyMs, signal));
  }

  return {
    start() {
      loops = tasks.map(loop);
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** False when it is time to stop. Up to a tenth longer, so that processes that started together drift apart. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms * (1 + Math.random() / 10), undefined, { signal, ref: false });
    return true;
  } catch {
    return false;
  }
}
