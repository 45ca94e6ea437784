/** A signal that fires when the time is up or a caller wants no more, and says which of the two it was. */

export type Signals = readonly (AbortSignal | undefined)[];

export type Deadline = {
  readonly signal: AbortSignal;
  /** The time was up. */
  isOver(): boolean;
  /** Starts the time anew. */
  restart(): void;
  /** The time stands still, until it is started anew. */
  stop(): void;
  /** Lets go of the timer and of the callers' signals. */
  clear(): void;
};

/** Timers know no more: 24 days. */
const longestMs = 2 ** 31 - 1;

export function createDeadline(timeoutMs: number, signals: Signals): Deadline {
  const controller = new AbortController();
  let over = false;
  let timer = start();
  const release = onAbort(signals, (reason) => controller.abort(reason));
  return {
    signal: controller.signal,
    isOver: () => over,
    restart() {
      clearTimeout(timer);
      timer = start();
    },
    stop: () => clearTimeout(timer),
    clear() {
      clearTimeout(timer);
      release();
    },
  };

  function start() {
    return setTimeout(
      () => {
        over = true;
        controller.abort();
      },
      Math.min(timeoutMs, longestMs),
    );
  }
}

/** Waits; throws the reason of the first signal that fires. */
export async function sleep(ms: number, signals: Signals): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      release();
      resolve();
    }, ms);
    const release = onAbort(signals, (reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}

/** The work, or the reason of the signal when that comes first: whatever the work makes of the signal. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const release = onAbort([signal], reject);
    work.then(resolve, reject).finally(release);
  });
}

/** Calls `listener` once, when the first fires or at once when one has; what it gives lets go of them. */
function onAbort(signals: Signals, listener: (reason: unknown) => void): () => void {
  const given = signals.filter((signal) => signal !== undefined);
  const heard = ({ target }: { readonly target: unknown }) => {
    release();
    listener((target as AbortSignal).reason);
  };
  for (const signal of given) signal.addEventListener('abort', heard);
  const fired = given.find(({ aborted }) => aborted);
  if (fired) heard({ target: fired });
  return release;

  function release() {
    for (const signal of given) signal.removeEventListener('abort', heard);
  }
}
