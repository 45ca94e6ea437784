/** What the engine tells of its work, for numbers: called on its hot path, so that whoever listens must be quick and not throw. */
import type { FinalStatus } from '@cloudflow/core/run/event.ts';
import type { Invariant } from './store/violations.ts';

export type EngineObserver = {
  /** So many entries were written and settled together. Failed tries count as time. */
  flushed(entries: number, milliseconds: number): void;
  /** The database refused what an execution decided. */
  entryRefused(): void;
  /** A start is durable, here or for the owner of its shard. */
  executionStarted(): void;
  /** The end of an execution that was driven here is durable. */
  executionEnded(status: FinalStatus): void;
  /** A due timer was handed on, so many milliseconds after it was due. */
  timerHandedOn(lateMs: number): void;
  /** So many states of long executions were kept. */
  snapshotsWritten(count: number): void;
  /** The older rows of a journal went into a segment. */
  journalCompacted(): void;
  /** One was damaged, or could not be understood: the journal was folded instead. */
  snapshotUnusable(): void;
  /** What the watchdog found at its last look of what must never be. */
  violations(invariant: Invariant, found: number): void;
};

const nothing = (): void => undefined;

/** Where nobody counts. */
export const noObserver: EngineObserver = {
  flushed: nothing,
  entryRefused: nothing,
  executionStarted: nothing,
  executionEnded: nothing,
  timerHandedOn: nothing,
  snapshotsWritten: nothing,
  journalCompacted: nothing,
  snapshotUnusable: nothing,
  violations: nothing,
};
