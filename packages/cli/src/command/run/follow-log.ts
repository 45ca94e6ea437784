/** The log of a run as it grows, to its end. There is no stream of it: its last page is read again and again. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, Page } from '@cloudflow/sdk/client/index.ts';
import { Failure } from '../../failure/failure.ts';

type Logs = ReturnType<Client['executions']['logs']>;
export type LogLine = Awaited<ReturnType<Logs['page']>>['data'][number];

export type Following = {
  /** Whether the run has ended. */
  readonly isOver: () => Promise<boolean>;
  /** Undefined: as long as the run takes. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
  /** How long to wait before the log is read again: twice as long after each time that nothing came. */
  readonly leastMs?: number;
};

/** A server writes lines half a second after they were told: so long after the end there is nothing more to come. */
const leastPauseMs = 1_000;
const mostPauseMs = 8_000;

export async function* followLog(
  pages: Pick<Logs, 'page'>,
  { isOver, timeoutMs, signal, leastMs = leastPauseMs }: Following,
): AsyncGenerator<LogLine, void, undefined> {
  const until = performance.now() + (timeoutMs ?? Number.POSITIVE_INFINITY);
  const read = createReader(pages);
  let pauseMs = leastMs;
  for (;;) {
    // Asked before the log is read: what was told before the end is then in it, but for what is not written yet.
    const wasOver = await isOver();
    if (wasOver) await pause(leastMs, undefined, { signal });
    const { lines, notKept } = await read();
    yield* lines;
    if (wasOver) {
      yield* notKept;
      return;
    }
    const left = until - performance.now();
    if (left <= 0)
      throw new Failure('The run has not ended in the time that was given.', { ending: 'timeout', code: 'timeout' });
    pauseMs = lines.length > 0 ? leastMs : Math.min(2 * pauseMs, mostPauseMs);
    await pause(Math.min(pauseMs, left), undefined, { signal });
  }
}

type News = { readonly lines: readonly LogLine[]; readonly notKept: readonly LogLine[] };

/** Gives what has come since it was asked last. */
function createReader(pages: Pick<Logs, 'page'>): () => Promise<News> {
  let cursor: string | undefined;
  let seen = new Map<string, number>();
  return async () => {
    const lines: LogLine[] = [];
    for (;;) {
      const page: Page<LogLine> = await pages.page(cursor);
      // How many were not kept changes as long as the run goes on: that line is for the end.
      const kept = page.data.filter(({ at }) => at !== null);
      lines.push(...newOnes(kept, seen));
      if (page.next_cursor === null) {
        seen = countsOf(kept);
        return { lines, notKept: page.data.filter(({ at }) => at === null) };
      }
      cursor = page.next_cursor;
      seen = new Map();
    }
  };
}

/** Lines have no ids, and two servers may write out of order: a line is known by all that it is, as often as it was there. */
function newOnes(lines: readonly LogLine[], seen: ReadonlyMap<string, number>): readonly LogLine[] {
  const known = new Map(seen);
  return lines.filter((line) => {
    const key = JSON.stringify(line);
    const count = known.get(key) ?? 0;
    known.set(key, count - 1);
    return count <= 0;
  });
}

function countsOf(lines: readonly LogLine[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(JSON.stringify(line), (counts.get(JSON.stringify(line)) ?? 0) + 1);
  return counts;
}
