/**
 * What the lane writes: the net of one execution in one flush, already folded. A flush never holds two entries of one
 * execution, because all parts of its statement see one snapshot: the second would not find what the first wrote.
 */
import type { GateEntry, GateHolder } from '@cloudflow/core/gate/gate.ts';
import type { ExecutionStatus, Phase } from '@cloudflow/core/run/event.ts';
import type { WaitReason } from '@cloudflow/core/run/wait-reason.ts';

export type JournalEntry = {
  /** A UUIDv7 in lower case, whose last byte is the shard. */
  readonly executionId: string;
  readonly shard: number;
  /** The execution is new in this flush. Without `head` it is stored PENDING, for whoever owns the shard. */
  readonly start: StartRow | null;
  /** One row of the journal: the events as a JSON array. */
  readonly row: { readonly seq: number; readonly data: string } | null;
  /** The state of the execution's row after this entry: every column of it is replaced. Null: the row stays as it is. */
  readonly head: HeadUpdate | null;
  /** Timers to keep; arming a number again moves it. `due` in milliseconds since the epoch. */
  readonly armed: readonly { readonly timer: number; readonly due: number }[];
  readonly disarmed: readonly number[];
  /** The execution has ended: none of its timers stays. `armed` and `disarmed` are empty then. */
  readonly allTimersOff: boolean;
  /** Ids of the inbox rows whose events this entry holds. */
  readonly consumed: readonly string[];
  /** Rows for the inboxes of others, written with the events that send them. */
  readonly sent: readonly SentRow[];
  /** Executions that this one starts: stored PENDING with the events that start them, for whoever owns their shards. */
  readonly children: readonly ChildRow[];
  /** Tries that workers are to run, and those that are not wanted any more; of one try only the last word. */
  readonly tasks: readonly TaskRow[];
  readonly withdrawn: readonly TaskWithdrawal[];
  /** Places at gates of this shard that are asked for or given up; of each at most one. */
  readonly gates: readonly GateRow[];
};

/** A place at a gate: as it is now, or null when it is no more. */
export type GateRow = {
  readonly gateId: string;
  readonly tenantId: string;
  readonly holder: GateHolder;
  readonly entry: GateEntry | null;
};

export type ChildRow = { readonly executionId: string; readonly shard: number; readonly start: StartRow };

/** A message to whatever lives in another shard, or in this one: its owner finds it in the inbox. */
export type SentRow = {
  readonly to: string;
  readonly toShard: number;
  readonly kind: string;
  /** JSON text. */
  readonly payload: string;
};

/** A try for a worker. `input` is JSON text, or that encrypted. */
export type TaskRow = {
  /** See `tryName`. */
  readonly name: string;
  readonly tenantId: string;
  /** Milliseconds since the epoch. */
  readonly offeredAt: number;
  readonly timeoutMs: number;
  readonly attempt: number;
  readonly priority: number;
  readonly atMostOnce: boolean;
  readonly type: string;
  readonly path: string;
  readonly workflow: string;
  readonly idempotencyKey: string;
  readonly correlationId: string;
  readonly input: string;
};

/** See the effect `withdraw_task`. */
export type TaskWithdrawal = { readonly name: string; readonly how: 'unclaimed' | 'ask' | 'end' };

/** Of all who send nothing, start nobody, are at no gate and need no worker: one list each. */
export const nothingSent: Pick<JournalEntry, 'sent' | 'children' | 'tasks' | 'withdrawn' | 'gates'> = {
  sent: [],
  children: [],
  tasks: [],
  withdrawn: [],
  gates: [],
};

export type StartRow = {
  readonly tenantId: string;
  readonly workflowId: string;
  readonly versionId: string;
  readonly priority: number;
  /** JSON text, like `labels` and `trigger`. */
  readonly input: string;
  readonly labels: string;
  readonly businessKey: string | null;
  readonly trigger: string;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly retryOf: string | null;
  readonly generation: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** `hash` is SHA-256 over what the start asks for. */
  readonly idempotency: { readonly key: string; readonly hash: Buffer } | null;
};

/** Times in milliseconds since the epoch; `output` and `error` are JSON text. */
export type HeadUpdate = {
  readonly status: ExecutionStatus;
  readonly waitReason: WaitReason | null;
  readonly phase: Phase | null;
  /** Signals that no step has taken yet. */
  readonly keptSignals: number;
  /** Of the last journal row, this entry's included. */
  readonly seq: number;
  readonly output: string | null;
  readonly error: string | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
};

export type CommitResult =
  /** All of the entry is on disk. */
  | { readonly kind: 'committed' }
  /** A start whose shard is not ours (any more): on disk as PENDING, not begun; its events were not written. */
  | { readonly kind: 'pending' }
  /** The idempotency key of the start was taken by that execution: nothing was written. */
  | { readonly kind: 'replayed'; readonly executionId: string; readonly sameBody: boolean }
  /** The shard belongs to somebody else: nothing was written, and what is in memory of this execution is void. */
  | { readonly kind: 'lost_shard' }
  /** PostgreSQL refuses this entry whatever comes with it: nothing was written, trying again is useless. */
  | { readonly kind: 'refused'; readonly sqlState: string; readonly message: string };
