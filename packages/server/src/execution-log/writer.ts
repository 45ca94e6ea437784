/** Gathers lines and writes them, apart from everything else: who tells a line waits for nothing. */
import type { Clock } from '../kernel/clock/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { errorCode } from '../kernel/db/errors.ts';
import type { Logger } from '../kernel/log/log.ts';
import { createOutage } from '../kernel/log/outage.ts';
import { type KeepLine, type StoredLine, sizeOf, storedLine } from './log-line.ts';
import * as store from './store.ts';

export type LogWriterDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** So many lines are not kept, because too many waited to be written. */
  readonly onDropped?: (count: number) => void;
};

export type LogWriter = {
  readonly keep: KeepLine;
  /** Writes what is there; resolves when that is done, or failed. */
  flush(): Promise<void>;
  /** The last lines are written, if that can be soon. */
  close(): Promise<void>;
};

const EVERY_MS = 500;
const MOST_AT_ONCE = 1_000;
const MOST_WAITING = 20_000;
/** Of one execution. */
export const mostLines = 1_000;
const mostCharacters = 1_000_000;
const WITHIN_MS = 5_000;

export function createLogWriter({ database, clock, log, onDropped = () => undefined }: LogWriterDeps): LogWriter {
  const outage = createOutage(log, {
    failed: 'lines of executions could not be written; they are kept for a while',
    over: 'lines of executions are written again',
  });
  let waiting: StoredLine[] = [];
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;
  let atOnce = MOST_AT_ONCE;

  function schedule(): void {
    timer ??= setTimeout(() => void flush(), EVERY_MS).unref();
  }

  async function write(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const batch = waiting.slice(0, atOnce);
    if (batch.length === 0) return;
    try {
      await database.transaction({ role: 'engine' }, (tx) => written(tx, batch), { timeoutMs: WITHIN_MS });
      waiting = waiting.slice(batch.length);
      atOnce = Math.min(atOnce * 2, MOST_AT_ONCE);
      outage.over();
    } catch (error) {
      outage.failed({ error });
      if (isAboutData(error)) setApart(batch.length);
    }
    if (waiting.length > 0) schedule();
  }

  /** A line that the database refuses must not keep back those of others: ever fewer are tried, until it is alone, and left out. */
  function setApart(count: number): void {
    atOnce = Math.max(1, Math.floor(count / 2));
    if (count > 1) return;
    waiting = waiting.slice(1);
    onDropped(1);
  }

  function flush(): Promise<void> {
    writing ??= write().finally(() => {
      writing = null;
    });
    return writing;
  }

  return {
    keep(line) {
      if (waiting.length >= MOST_WAITING) return onDropped(1);
      waiting.push(storedLine(line, clock.now()));
      schedule();
    },
    flush,
    async close() {
      await writing;
      await flush();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Refused for what it holds, and not for what the database lacks at the moment. */
function isAboutData(error: unknown): boolean {
  return /^2[23]/.test(errorCode(error) ?? '');
}

/** An execution keeps the first of its lines: they say how it began, and those that are too many say the same over and over. */
async function written(tx: Parameters<typeof store.insertLines>[0], batch: readonly StoredLine[]): Promise<void> {
  const byExecution = Map.groupBy(batch, ({ executionId }) => executionId);
  const kept: StoredLine[] = [];
  for (const { executionId, lines, characters } of await store.countLines(tx, byExecution)) {
    let [count, size] = [lines, characters];
    for (const line of byExecution.get(executionId) ?? []) {
      count += 1;
      size += sizeOf(line);
      if (count <= mostLines && size <= mostCharacters) kept.push(line);
    }
  }
  if (kept.length > 0) await store.insertLines(tx, kept);
}
