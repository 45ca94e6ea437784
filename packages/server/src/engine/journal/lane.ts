/**
 * The lane: writes what executions decide, many of them in one statement, one statement at a time.
 *
 * While a flush is under way the source gathers; the next flush takes all of it. There is no timer and no fixed delay.
 */
import type pg from 'pg';
import type { CommitResult, JournalEntry } from './entry.ts';

export type LaneSource = {
  /** At most `limit` entries, at most one of each execution, none of one that is in flight. Empty: nothing to write. */
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
};

export type Lane = {
  /** Something is there to be taken. Cheap to call for every entry. */
  wake(): void;
  /** True while a flush is under way or about to be. */
  readonly busy: boolean;
  /** Resolves when nothing is in flight and the source has nothing more. */
  drain(): Promise<void>;
  /** Ends the session after the flush in flight; what the source holds afterwards is not written. */
  close(): Promise<void>;
};
