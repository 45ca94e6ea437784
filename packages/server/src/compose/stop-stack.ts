/** What has been started, so that it can be stopped in the reverse order, whether all of it was reached or not. */
import type { Logger } from '../kernel/log/log.ts';

export type StopStack = {
  /** `stop` must be safe to call once. */
  add(name: string, stop: () => Promise<void>): void;
  /** Stops everything, the last first. What fails is logged, and the rest goes on. The same promise for every caller. */
  stop(): Promise<void>;
};

export function createStopStack(log: Logger): StopStack {
  const entries: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  let stopping: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
      try {
        await entry.stop();
      } catch (error) {
        log.error({ error, part: entry.name }, 'could not be stopped cleanly');
      }
    }
  }

  return {
    add: (name, stop) => {
      entries.push({ name, stop });
    },
    stop() {
      stopping ??= stopAll();
      return stopping;
    },
  };
}
