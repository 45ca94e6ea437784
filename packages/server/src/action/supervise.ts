/** Runs one action under its deadline: whatever it does, there is an outcome in time, and the process is not hurt. */
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import { aborted, failure, timedOut } from './failed-attempt.ts';

export type Supervision = {
  readonly timeoutMs: number;
  /** After `signal` fires, the action has so long to report how far it came. */
  readonly abortGraceMs: number;
  readonly signal: AbortSignal;
};

/** The longest time that a timer of the platform can be set to: 24.8 days. Longer ones would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

/** `work` gets the signal of this try. A success that comes after the abort, but within the grace, is a success: it happened. */
export function supervise<T>(
  { timeoutMs, abortGraceMs, signal }: Supervision,
  work: (signal: AbortSignal) => Promise<T>,
  succeed: (value: T) => AttemptOutcome,
): Promise<AttemptOutcome> {
  // It fired while the try waited for its turn: an action would wait for an event that is over.
  if (signal.aborted) return Promise.resolve(aborted);
  const inner = new AbortController();
  return new Promise((resolve) => {
    let isOver = false;
    let grace: NodeJS.Timeout | undefined;
    const finish = (outcome: AttemptOutcome): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(deadline);
      clearTimeout(grace);
      signal.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    const onAbort = (): void => {
      grace = setTimeout(() => finish(aborted), abortGraceMs);
      inner.abort(signal.reason);
    };
    const deadline = setTimeout(
      () => {
        finish(timedOut(timeoutMs));
        // Last: what the action does about it no longer matters.
        inner.abort(new Error('the try is over'));
      },
      Math.min(timeoutMs, maxTimerMs),
    );

    signal.addEventListener('abort', onAbort, { once: true });
    void begin(work, inner.signal).then(
      (value) => finish(succeed(value)),
      (error: unknown) => finish(inner.signal.aborted ? aborted : failure(error)),
    );
  });
}

/** In an async function, so that an action that throws before its first promise is caught like any other. */
async function begin<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return work(signal);
}
