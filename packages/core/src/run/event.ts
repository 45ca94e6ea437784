/**
 * The events of an execution: what is recorded, for ever. A released event is never edited, only joined by a new one.
 *
 * One journal row holds the events that one flush recorded for one execution, in order, as a JSON array; the row's number
 * is `seq`. Keys are short because bytes are what the journal costs: `e` kind, `s` step id, `p` scope path (absent at the
 * top), `r` round (absent for 0), `at` milliseconds since the epoch.
 *
 * A scope path names the blocks and steps around, with their numbers where there are several: `orders.3.pay.error`. A step
 * that a `goto` has begun again stands in it with its round, `review@1.body`.
 *
 * On disk `enc` may stand in an event: fields of a sensitive step, encrypted (server/engine/journal/sealed-values.ts).
 *
 * On disk `big` may stand in an event: fields that are too large for the row, by the digest of their blob. Whoever reads a
 * row puts them back (server/engine/journal/large-values.ts); the rules never see it.
 */
import type { Json } from '../json.ts';

/** Which run of which step: the step's id, the block instance it runs in, and how often a `goto` has begun it again there. */
export type RunKey = { readonly s: string; readonly p?: string; readonly r?: number };

export type StepError = {
  readonly code: string;
  readonly message: string;
  /** Innermost step that failed; absent where the execution itself is the cause. */
  readonly step?: string;
  readonly details?: { readonly [key: string]: Json };
};

export type ExecutionStatus = 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
export type FinalStatus = 'COMPLETED' | 'FAILED' | 'CANCELLED';
export type StepStatus = 'QUEUED' | 'EXECUTING' | 'SUCCESS' | 'FAILED' | 'SKIPPED';
/** What an execution is doing beyond its steps: ending work before a final status, undoing, or its last steps. */
export type Phase = 'stopping' | 'compensating' | 'on_failure' | 'on_cancel';

/** Why a worker has a task no more, though it did not end it: it was not heard of in time, or it gave the task back. */
export type TaskEnd = 'lost' | 'returned';

/** What was paused: an execution by itself, or with all executions of its workflow or tenant. */
export type PauseScope = 'execution' | 'workflow' | 'tenant';

/** A `match` that failed counted as no match: the first to fail, and how many did in this judgement. */
export type MatchFailure = {
  readonly step: string;
  readonly code: string;
  readonly message: string;
  readonly count: number;
};

/** The dependency that arrived; the number of its item or run, 0 for a step that runs once. */
export type ArrivalKey = readonly [string, number];

export type RunEvent =
  /** Before `started`: it asks for its place under its `concurrency`. `k` is the key. */
  | { readonly e: 'asked'; readonly at: number; readonly k: string }
  /** `v` the variables as they were around an item that is an execution of its own. */
  | { readonly e: 'started'; readonly at: number; readonly v?: { readonly [name: string]: Json } }
  /** The step waits for its lock; `k` is the key. */
  | (RunKey & { readonly e: 'locking'; readonly at: number; readonly k: string })
  /** The step holds its lock, until it has ended. `k` is the key, absent after `locking`. */
  | (RunKey & { readonly e: 'locked'; readonly at: number; readonly k?: string })
  /**
   * A retry took over from execution `of` what is not to happen again: `n` events of that journal, in their order and with their
   * own times. By value: this journal alone tells the state, however long the other one is kept.
   */
  | {
      readonly e: 'adopted';
      readonly at: number;
      readonly of: string;
      readonly n: number;
      readonly ev: readonly RunEvent[];
    }
  /**
   * A try begins. `a` its number from 1 (absent for 1); `in` the resolved config, where a later one could differ; `until` when a
   * wait or a deadline of a block is due. Of a wait for signals: `g` the kept one that it takes (also of a wait that began
   * before, when the execution is resumed), `b` the option of a `wait_any` that this, or the time `until`, stands for, `bad`
   * what failed while kept signals were judged. `mk` tells the stand-ins for secrets in `in` from data that looks like them. `tk`:
   * the try is a task, which waits from now on for a worker to take it.
   */
  | (RunKey & {
      readonly e: 'begun';
      readonly at: number;
      readonly a?: number;
      readonly in?: Json;
      readonly mk?: string;
      readonly until?: number;
      readonly g?: number;
      readonly b?: string;
      readonly bad?: MatchFailure;
      readonly tk?: true;
    })
  /** A worker (`by` is the name that it gives itself) has taken the task that the try is. */
  | (RunKey & { readonly e: 'claimed'; readonly at: number; readonly by: string })
  /** The task waits for a worker again: the one that had it was not heard of any more, or handed it back. */
  | (RunKey & { readonly e: 'requeued'; readonly at: number; readonly why: TaskEnd })
  /** A try failed and another one comes at `until`. */
  | (RunKey & { readonly e: 'retrying'; readonly at: number; readonly err: StepError; readonly until: number })
  /** A block instance opened under the step (or, without `s`, `on_failure` / `on_cancel`). `b` is the block's name, `i` the number of the round, item or run, `f` the arrivals that it is for, `until` when the time of the step is over, `h` when it is an adopted item that waits for its turn: it goes on when it is opened again. */
  | {
      readonly e: 'opened';
      readonly s?: string;
      readonly p?: string;
      readonly r?: number;
      readonly at: number;
      readonly b: string;
      readonly i?: number;
      readonly f?: readonly ArrivalKey[];
      readonly err?: StepError;
      readonly until?: number;
      readonly h?: true;
    }
  /** Item or run `i` of the step has succeeded, and arrives by itself at a `block` that depends on it. */
  | (RunKey & { readonly e: 'arrived'; readonly at: number; readonly i: number })
  /** The `when` of the block passed over these arrivals. */
  | (RunKey & { readonly e: 'passed'; readonly at: number; readonly f: readonly ArrivalKey[] })
  /**
   * Signal number `g`, of name `n` and payload `d` (absent for null), was received at `at`. With `s` it ended the wait of that
   * step (`b`: by this option of a `wait_any`), else it is kept.
   */
  | {
      readonly e: 'signalled';
      readonly at: number;
      readonly g: number;
      readonly n: string;
      readonly d?: Json;
      readonly s?: string;
      readonly p?: string;
      readonly r?: number;
      readonly b?: string;
      readonly bad?: MatchFailure;
    }
  /** Its milestone does not hold: the step, whose join and `when` are decided, waits, QUEUED, until it does. */
  | (RunKey & { readonly e: 'held'; readonly at: number })
  /** A step that goes on waiting for more took the kept signal `g`: a for_each whose items come by signals. */
  | (RunKey & { readonly e: 'taken'; readonly at: number; readonly g: number })
  /**
   * `o` the output (absent for null), `v` the variables it wrote, `c` the case a switch chose. `t` of a `goto` that was taken:
   * the step it leads back to, which starts a new round with all that depends on it.
   */
  | (RunKey & {
      readonly e: 'succeeded';
      readonly at: number;
      readonly o?: Json;
      readonly v?: { readonly [name: string]: Json };
      readonly c?: number | 'default';
      readonly t?: string;
      readonly err?: StepError;
    })
  /** A `sub_workflow` started the execution `id`, of version `ver`. Its row is in the same flush. */
  | (RunKey & { readonly e: 'called'; readonly at: number; readonly id: string; readonly ver: string })
  /** A `for_each` that does not wait started the executions `ids` for its items from number `i` on. Their rows are in the same flush. */
  | (RunKey & { readonly e: 'detached'; readonly at: number; readonly i: number; readonly ids: readonly string[] })
  /** The child of this run was told to cancel, and is waited for; `err` what the run then fails with, whatever the child did. */
  | (RunKey & { readonly e: 'recalled'; readonly at: number; readonly err?: StepError })
  | (RunKey & { readonly e: 'failed'; readonly at: number; readonly err: StepError })
  /** `w` when it was withdrawn rather than not reached; `x` of a `goto` that its `when` or its milestone passed over. */
  | (RunKey & { readonly e: 'skipped'; readonly at: number; readonly w?: true; readonly x?: true })
  | { readonly e: 'cancel_requested'; readonly at: number; readonly reason?: string; readonly by?: string }
  /** The block at scope path `p` (absent: the top, so the execution) stops and will end as `to`; by `until` what runs must have reported. */
  | {
      readonly e: 'stopping';
      readonly p?: string;
      readonly at: number;
      readonly to: FinalStatus;
      readonly err?: StepError;
      readonly until?: number;
    }
  | { readonly e: 'phase'; readonly at: number; readonly phase: Phase }
  /** Item `i` of this for_each failed, and the step goes on or stops as its policy says. */
  | (RunKey & { readonly e: 'item_failed'; readonly at: number; readonly i: number; readonly err: StepError })
  /**
   * Somebody (`by`) stepped in, and said `why`: `do` skip or complete a step, whose outcome follows, or set variables (`v`).
   */
  | (Partial<RunKey> & {
      readonly e: 'intervened';
      readonly at: number;
      readonly by: string;
      readonly why: string;
      readonly do: 'skip' | 'complete' | 'set';
      readonly v?: { readonly [name: string]: Json };
    })
  /** Nothing begins while any pause lasts. `sc` what was paused (absent: this execution alone), `by` who asked for it. */
  | {
      readonly e: 'paused';
      readonly at: number;
      readonly sc?: 'workflow' | 'tenant';
      readonly reason?: string;
      readonly by?: string;
    }
  /** The pause of that scope is over; others may last. */
  | {
      readonly e: 'resumed';
      readonly at: number;
      readonly sc?: 'workflow' | 'tenant';
      readonly by?: string;
      readonly bad?: MatchFailure;
    }
  /** The compensation of this run failed after its last try; the rest go on. */
  | (RunKey & { readonly e: 'compensation_failed'; readonly at: number; readonly err: StepError })
  | { readonly e: 'ended'; readonly at: number; readonly st: FinalStatus; readonly err?: StepError };

/**
 * On disk alone, in place of the rows up to its own, `u`, of a long journal: they stand in segments in the blob store, as they
 * were, and whoever reads the journal reads those (server/engine/compaction/); the rules never see it. `n` how many events they
 * hold; `s` what they amount to, as the records of a snapshot of format `f`, absent where that is large; `seg` the segments in
 * their order, each as the number of its last row and its digest.
 */
export type Compacted<Record> = {
  readonly e: 'compacted';
  readonly at: number;
  readonly u: number;
  readonly n: number;
  readonly f: string;
  readonly s?: readonly Record[];
  readonly seg: readonly (readonly [number, string])[];
};

export type EventKind = RunEvent['e'];
