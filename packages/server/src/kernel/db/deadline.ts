/** One bound for a whole call: a point in time and, perhaps, an abort signal. Whatever comes first ends every wait of the call. */
import { DatabaseUnavailableError } from './errors.ts';

export type Deadline = {
  remainingMs(): number;
  /** Settles as `promise` does, or rejects as soon as the call is over; `promise` is then left to itself. */
  race<T>(promise: Promise<T>): Promise<T>;
  /** Runs `callback` when the call is over before `release` was called. */
  onOver(callback: (reason: unknown) => void): void;
  /** Throws when the call is over. */
  check(): void;
  release(): void;
};

export function createDeadline(timeoutMs: number, signal: AbortSignal | undefined): Deadline {
  const end = performance.now() + timeoutMs;
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => undefined); // nobody need be waiting when it comes
  let callbacks: ((reason: unknown) => void)[] = [];
  let reason: { readonly value: unknown } | undefined;

  const finish = (value: unknown) => {
    if (reason !== undefined) return;
    reason = { value };
    over.reject(value);
    for (const callback of callbacks) callback(value);
  };
  const onAbort = () => finish(signal?.reason);
  const timer = setTimeout(
    () => finish(new DatabaseUnavailableError('deadline', `the database did not answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });

  return {
    remainingMs: () => end - performance.now(),
    race: (promise) => Promise.race([promise, over.promise]),
    onOver: (callback) => void callbacks.push(callback),
    check() {
      if (reason !== undefined) throw reason.value;
    },
    release() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      callbacks = [];
    },
  };
}
