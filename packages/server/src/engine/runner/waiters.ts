/** Those who wait for the end of an execution (`?wait`), by execution. Waiting costs memory only, and always ends. */
import type { FinishedExecution } from '../engine.ts';

export type Waiters = {
  /** Resolves with the end, or null when the time is over or the signal fires. */
  wait(executionId: string, ms: number, signal?: AbortSignal): Promise<FinishedExecution | null>;
  isAwaited(executionId: string): boolean;
  ended(finished: FinishedExecution): void;
};

export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<(finished: FinishedExecution | null) => void>>();
  return {
    isAwaited: (executionId) => waiting.has(executionId),
    ended(finished) {
      for (const tell of waiting.get(finished.id) ?? []) tell(finished);
    },
    wait(executionId, ms, signal) {
      return new Promise((resolve) => {
        const tell = (finished: FinishedExecution | null): void => {
          clearTimeout(timeout);
          signal?.removeEventListener('abort', giveUp);
          const others = waiting.get(executionId);
          others?.delete(tell);
          if (others?.size === 0) waiting.delete(executionId);
          resolve(finished);
        };
        const giveUp = (): void => tell(null);
        const timeout = setTimeout(giveUp, ms);
        signal?.addEventListener('abort', giveUp, { once: true });
        const others = waiting.get(executionId) ?? new Set();
        waiting.set(executionId, others.add(tell));
        if (signal?.aborted) giveUp();
      });
    },
  };
}
