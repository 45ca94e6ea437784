/** How the process ends: told to by a signal, or by an error that nobody expected. */
import type { Logger } from './kernel/log/log.ts';

export type EndOptions = {
  readonly log: Logger;
  /** Of the draining itself; closing what is drained gets some seconds more. */
  readonly timeoutMs: number;
  readonly stop: () => Promise<void>;
};

const closingMs = 10_000;
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * The first SIGTERM or SIGINT drains and ends with 0; a second one ends at once. An error that nobody caught ends the
 * process at once too: what is not committed was seen by nobody, and recovery knows better than a process in doubt.
 */
export function endOnSignal({ log, timeoutMs, stop }: EndOptions): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(exitCodes[signal]);
      stopping = true;
      const began = performance.now();
      log.info({ signal }, 'stopping; once more to end at once');
      setTimeout(() => {
        log.error('could not stop in time');
        process.exit(1);
      }, timeoutMs + closingMs).unref();
      stop().then(
        () => {
          log.info({ signal, ms: Math.round(performance.now() - began) }, 'stopped');
          process.exit(0);
        },
        (error: unknown) => endProcess(log, error),
      );
    });
  }
  process.on('uncaughtException', (error) => endProcess(log, error));
  process.on('unhandledRejection', (error) => endProcess(log, error));
}

export function endProcess(log: Logger, error: unknown): never {
  log.fatal({ error }, 'the process ends because of an error that nobody expected');
  process.exit(1);
}
