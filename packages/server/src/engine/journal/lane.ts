/**
 * The lane: writes what executions decide, many of them in one statement, one statement at a time, so that the journal of
 * an execution cannot be reordered.
 *
 * While a flush is under way the source gathers; the next flush takes all of it. There is no timer and no fixed delay: the
 * more there is to do, the more is written at once.
 */

import { setImmediate as turn } from 'node:timers/promises';
import type pg from 'pg';
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { SHARDS } from '../execution-id.ts';
import type { ServerHistory } from '../ownership/server-history.ts';
import type { CommitResult, JournalEntry } from './entry.ts';
import { createFlusher } from './flusher.ts';
import { createLaneConnection } from './lane-connection.ts';

export type LaneSource = {
  /** At most `limit` entries, at most one with rows of each execution, none of one that is in flight. Empty: nothing to write. */
  take(limit: number): JournalEntry[];
  /** Called once for each entry that was taken, for all of a flush in one go: it must be cheap and not throw. */
  settled(entry: JournalEntry, result: CommitResult): void;
};

export type LaneDeps = {
  /** A session of its own as the engine's role; `Database.connectDirect`. */
  connect(): Promise<pg.Client>;
  /** Random per boot: what `shards.owner` holds for the shards of this process. */
  readonly owner: string;
  /** The epoch under which a shard is ours; undefined when it is not. */
  epochOf(shard: number): bigint | undefined;
  readonly source: LaneSource;
  /** Makes the partitions that these executions belong to, and those of today. */
  makePartitions(executionIds: readonly string[]): Promise<void>;
  /** A flush was committed while all of its shards were ours; `sentAt` is of `process.hrtime.bigint()`. */
  onFencedCommit(sentAt: bigint): void;
  readonly history: ServerHistory;
  onConnectionLost?(): void;
  onFlushed?(stats: FlushStats): void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<LaneLimits>;
};

export type FlushStats = { readonly entries: number; readonly milliseconds: number };

export type LaneLimits = {
  /** Entries of one flush. */
  readonly entries: number;
  /** Characters of data of one flush; an entry that is larger alone goes alone. */
  readonly characters: number;
  /** After this the server gives a flush up. */
  readonly statementTimeoutMs: number;
  /** How long `drain` waits. */
  readonly drainMs: number;
};

export type Lane = {
  /** Something is there to be taken. Cheap to call for every entry. */
  wake(): void;
  /** True while a flush is under way or about to be. */
  readonly busy: boolean;
  /** Another history is written from now on: what is in flight was decided on what may be gone from it, and is not written. */
  startOver(): void;
  /** Resolves when nothing is in flight and the source has nothing more; false when that took longer than `drainMs`. */
  drain(): Promise<boolean>;
  /** Ends the session. What is in flight without an answer, and what the source still holds, stays unsettled. */
  close(): Promise<void>;
};

const defaults: LaneLimits = { entries: 1_000, characters: 8_000_000, statementTimeoutMs: 10_000, drainMs: 10_000 };

export function createLane(deps: LaneDeps): Lane {
  const limits = { ...defaults, ...deps.limits };
  const { source } = deps;
  let running: Promise<void> | null = null;
  let closed = false;
  let inFlight: bigint[] = [];

  const connection = createLaneConnection({
    connect: deps.connect,
    statementTimeoutMs: limits.statementTimeoutMs,
    history: deps.history,
    onConnectionLost: () => deps.onConnectionLost?.(),
  });
  const flusher = createFlusher({
    connection,
    owner: deps.owner,
    clock: deps.clock,
    log: deps.log,
    settled: (entry, result) => source.settled(entry, result),
    onFencedCommit: deps.onFencedCommit,
    makePartitions: deps.makePartitions,
  });

  async function run(): Promise<void> {
    await turn();
    for (;;) {
      const entries = closed ? [] : source.take(limits.entries);
      if (entries.length === 0) {
        running = null; // with no await in between: who wakes from here on begins a new run
        return;
      }
      await flushAll(entries);
      // What was resumed runs one turn before the next batch is taken: without that, the load splits into cohorts that
      // wait for each other's flushes, at half the throughput.
      await turn();
    }
  }

  async function flushAll(entries: readonly JournalEntry[]): Promise<void> {
    const startedAt = performance.now();
    inFlight = Array.from({ length: SHARDS }, (_, shard) => deps.epochOf(shard) ?? -1n);
    try {
      for (const part of bounded(entries, limits.characters)) await flusher.flush({ entries: part, epochs: inFlight });
      deps.onFlushed?.({ entries: entries.length, milliseconds: performance.now() - startedAt });
    } catch (error) {
      deps.log.fatal({ error }, 'a flush of the journal failed in a way that it should not; the lane goes on');
    }
  }

  function wake(): void {
    if (!closed) running ??= run();
  }

  /** Waits for the run under way; false when that takes too long. */
  async function comesToRest(milliseconds: number): Promise<boolean> {
    if (running === null) return true;
    const late = Promise.withResolvers<false>();
    const timer = setTimeout(late.resolve, milliseconds, false as const);
    const isAtRest = await Promise.race([running.then(() => true), late.promise]);
    clearTimeout(timer);
    return isAtRest;
  }

  return {
    wake,
    get busy() {
      return running !== null;
    },
    drain() {
      wake();
      return comesToRest(limits.drainMs);
    },
    startOver() {
      inFlight.fill(-1n);
      flusher.startOver();
      connection.discard();
    },
    async close() {
      closed = true;
      await comesToRest(LAST_FLUSH_MS);
      flusher.close();
      await connection.end();
    },
  };
}

/** How long closing waits for the flush under way. */
const LAST_FLUSH_MS = 2_000;

/** The entries in their order, cut so that no statement grows without bound. */
function bounded(entries: readonly JournalEntry[], characters: number): readonly (readonly JournalEntry[])[] {
  const parts: JournalEntry[][] = [];
  let part: JournalEntry[] = [];
  let size = 0;
  for (const entry of entries) {
    const added = sizeOf(entry);
    if (part.length > 0 && size + added > characters) {
      parts.push(part);
      part = [];
      size = 0;
    }
    part.push(entry);
    size += added;
  }
  return [...parts, part];
}

function sizeOf({ start, row, head, sent, children }: JournalEntry): number {
  let size =
    (start?.input.length ?? 0) + (row?.data.length ?? 0) + (head?.output?.length ?? 0) + (head?.error?.length ?? 0);
  for (const { payload } of sent) size += payload.length;
  for (const child of children) size += child.start.input.length;
  return size;
}
