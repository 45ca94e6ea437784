/**
 * Tells those who follow executions that there is more to read. The truth is the committed journal, looked at again and
 * again: at once when this process wrote to it, else ever more slowly while nothing comes, so that an execution which another
 * process drives is followed too. One look asks for all that are due; who does not wait costs nothing.
 */
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';

export type JournalWatch = {
  /** From now on this execution is watched, until `close`. */
  open(executionId: string): Watched;
  /** This process has committed the journal up to `seq`. */
  wrote(executionId: string, seq: number): void;
  /** How many are watched now. */
  readonly size: number;
};

export type Watched = {
  /** Resolves when the journal may have a row after `seq`, when the time is over, or when the signal fires. */
  beyond(seq: number, ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
};

export type JournalWatchDeps = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly writtenUpTo: (
    executionIds: readonly string[],
  ) => Promise<readonly { readonly executionId: string; readonly seq: number }[]>;
};

type Watcher = {
  readonly executionId: string;
  /** The last row that is known to be committed. */
  seq: number;
  wake: (() => void) | null;
  awaited: number;
  pauseMs: number;
  due: number;
};

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const SLOWER = 1.5;
/** Those that come due at nearly the same time are asked for together. */
const LOOK_AT_MOST_EVERY_MS = 25;
const MOST_AT_ONCE = 1_000;

export function createJournalWatch({ clock, log, writtenUpTo }: JournalWatchDeps): JournalWatch {
  const watchers = new Map<string, Set<Watcher>>();
  const waiting = new Set<Watcher>();
  const outage = createOutage(log, {
    failed: 'how far journals are written could not be read; it is tried again',
    over: 'how far journals are written is read again',
  });
  let timer: NodeJS.Timeout | null = null;
  let looking = false;
  let size = 0;

  function wrote(executionId: string, seq: number): void {
    if (size === 0) return; // nobody follows anything: the ordinary case, on the path of every flush
    for (const watcher of watchers.get(executionId) ?? []) {
      if (seq <= watcher.seq) continue;
      watcher.seq = seq;
      if (seq > watcher.awaited) watcher.wake?.();
    }
  }

  function schedule(): void {
    if (looking || waiting.size === 0) return;
    let first = Number.POSITIVE_INFINITY;
    for (const { due } of waiting) first = Math.min(first, due);
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void look(), Math.max(LOOK_AT_MOST_EVERY_MS, first - clock.now()));
  }

  async function look(): Promise<void> {
    looking = true;
    const soon = clock.now() + LOOK_AT_MOST_EVERY_MS;
    const due = [...waiting].filter((each) => each.due <= soon).slice(0, MOST_AT_ONCE);
    for (const each of due) {
      each.pauseMs = Math.min(LONGEST_PAUSE_MS, each.pauseMs * SLOWER);
      each.due = soon + each.pauseMs;
    }
    try {
      const ids = [...new Set(due.map(({ executionId }) => executionId))];
      for (const { executionId, seq } of ids.length === 0 ? [] : await writtenUpTo(ids)) wrote(executionId, seq);
      outage.over();
    } catch (error) {
      outage.failed({ error });
    }
    looking = false;
    schedule();
  }

  function beyond(watcher: Watcher, seq: number, ms: number, signal: AbortSignal): Promise<void> {
    if (watcher.seq > seq || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(over);
        signal.removeEventListener('abort', done);
        waiting.delete(watcher);
        watcher.wake = null;
        resolve();
      };
      const over = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      watcher.wake = done;
      watcher.awaited = seq;
      watcher.pauseMs = FIRST_PAUSE_MS;
      watcher.due = clock.now() + FIRST_PAUSE_MS;
      waiting.add(watcher);
      schedule();
    });
  }

  return {
    wrote,
    get size() {
      return size;
    },
    open(executionId) {
      const watcher: Watcher = { executionId, seq: 0, wake: null, awaited: 0, pauseMs: FIRST_PAUSE_MS, due: 0 };
      const others = watchers.get(executionId) ?? new Set();
      watchers.set(executionId, others.add(watcher));
      size += 1;
      return {
        beyond: (seq, ms, signal) => beyond(watcher, seq, ms, signal),
        close() {
          if (!others.delete(watcher)) return;
          size -= 1;
          if (others.size === 0 && watchers.get(executionId) === others) watchers.delete(executionId);
        },
      };
    },
  };
}
