/** Tells those who wait that something has happened. `Promise.withResolvers` is younger than Node 20. */
export type Bell = {
  ring(): void;
  /** Until the next time that it rings. */
  heard(): Promise<void>;
};

export function createBell(): Bell {
  const waiting: (() => void)[] = [];
  return {
    ring() {
      for (const wake of waiting.splice(0)) wake();
    },
    heard: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
  };
}
