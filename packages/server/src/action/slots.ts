/** A bounded number of things at once, and a bounded line of those that wait, first come first served. */

export type Slots = {
  /** Settles when there is a free slot; `full` at once when the line is full, `aborted` when `signal` fires before. */
  take(signal: AbortSignal): Promise<'taken' | 'full' | 'aborted'>;
  /** Once for each `taken`. */
  free(): void;
};

export function createSlots({ slots, maxWaiting }: { readonly slots: number; readonly maxWaiting: number }): Slots {
  let inUse = 0;
  const waiting = new Set<() => void>();
  return {
    async take(signal) {
      if (signal.aborted) return 'aborted';
      if (inUse < slots) {
        inUse += 1;
        return 'taken';
      }
      if (waiting.size >= maxWaiting) return 'full';
      return new Promise((resolve) => {
        const begin = (): void => {
          signal.removeEventListener('abort', leave);
          resolve('taken');
        };
        const leave = (): void => {
          if (waiting.delete(begin)) resolve('aborted');
        };
        signal.addEventListener('abort', leave, { once: true });
        waiting.add(begin);
      });
    },
    free() {
      const [next] = waiting;
      // The slot is handed over, so that nobody who comes now can take it before those who wait.
      if (next && waiting.delete(next)) next();
      else inUse -= 1;
    },
  };
}
