/**
 * The contract between the rules (`decide`, `apply`: pure) and whoever drives them (server/engine, the tests, a simulator).
 *
 * The driver holds a `RunState`, hands inputs to `decide`, writes the returned events to the journal, and releases the
 * returned effects when those events are committed. `decide` applies the events to the state as it goes, through `apply`
 * alone, so that the state is always what the journal rebuilds.
 */
import type { Json, JsonObject } from '../json.ts';
import type { FinalStatus, PauseScope, RunEvent, RunKey, StepError, TaskEnd } from './event.ts';

/** Something that happened to an execution. `at` is when it happened, in milliseconds since the epoch. */
export type RunInput =
  /** `adopt`: what a retry takes over, see `adopt.ts`. */
  | { readonly kind: 'start'; readonly at: number; readonly adopt?: Adoption }
  | {
      readonly kind: 'attempt_ended';
      readonly key: RunKey;
      readonly attempt: number;
      readonly at: number;
      readonly outcome: AttemptOutcome;
    }
  /** Whoever ran this try elsewhere is gone, and did not say how it ended. */
  | { readonly kind: 'attempt_lost'; readonly key: RunKey; readonly attempt: number; readonly at: number }
  /** A worker, which calls itself `by`, has taken the task that this try is. */
  | {
      readonly kind: 'task_claimed';
      readonly key: RunKey;
      readonly attempt: number;
      readonly at: number;
      readonly by: string;
    }
  /** The worker that had the task has it no more, and did not say how the try ended. */
  | {
      readonly kind: 'task_lost';
      readonly key: RunKey;
      readonly attempt: number;
      readonly at: number;
      readonly why: TaskEnd;
    }
  /** `at`: when it was received, which may be before what was decided last. */
  | { readonly kind: 'signal'; readonly at: number; readonly name: string; readonly payload: Json }
  | { readonly kind: 'timer'; readonly timer: number; readonly at: number }
  /** The answer to `resolve_child`. */
  | { readonly kind: 'child_resolved'; readonly key: RunKey; readonly at: number; readonly answer: Resolution }
  | ({ readonly kind: 'child_ended'; readonly at: number } & ChildEnd)
  | { readonly kind: 'cancel'; readonly at: number; readonly reason?: string; readonly by?: string }
  /** Before a `start` too: then that waits for the end of the pause. */
  | {
      readonly kind: 'pause';
      readonly at: number;
      readonly scope: PauseScope;
      readonly reason?: string;
      readonly by?: string;
    }
  | { readonly kind: 'resume'; readonly at: number; readonly scope: PauseScope; readonly by?: string }
  /** A gate lets the execution (no `key`), or the run of a step, pass. */
  | { readonly kind: 'granted'; readonly at: number; readonly key?: RunKey }
  /** A gate turns the execution away. */
  | { readonly kind: 'turned_away'; readonly at: number; readonly code: 'concurrency_rejected' | 'concurrency_skipped' }
  /** An administrator steps in; `by` names who, `reason` says why. */
  | {
      readonly kind: 'intervene';
      readonly at: number;
      readonly by: string;
      readonly reason: string;
      readonly deed: Deed;
    }
  /** Go on with what an earlier decision left for later, see `Decided.more`. */
  | { readonly kind: 'continue'; readonly at: number };

export type Resolution = { readonly child: ChildStart } | { readonly error: StepError };

/** What is pinned when a child is called. */
export type ChildStart = {
  readonly executionId: string;
  readonly workflowId: string;
  readonly versionId: string;
  /** The version by its name. */
  readonly version: string;
};

export type ChildEnd = {
  readonly executionId: string;
  readonly status: FinalStatus;
  readonly output: Json;
  readonly error: StepError | null;
};
/** What a retry takes over from the journal of the execution `of`. */
export type Adoption = { readonly of: string; readonly events: readonly RunEvent[] };

/** `path` as `/steps` shows it. */
export type Deed =
  | { readonly do: 'skip'; readonly path: string }
  | { readonly do: 'complete'; readonly path: string; readonly output: Json }
  | { readonly do: 'set'; readonly values: { readonly [name: string]: Json } };

export type AttemptOutcome = { readonly output: Json } | { readonly error: AttemptError };

/** Says of a try whether somebody who did not die with its former owner still runs it, and will report its outcome. */
export type RunsElsewhere = (key: RunKey, attempt: number) => boolean;

/** How a try failed, as its action or the engine reports it. */
export type AttemptError = {
  readonly code: string;
  readonly message: string;
  readonly details?: { readonly [key: string]: Json };
  /** True when another try may succeed. */
  readonly retryable: boolean;
  /** The other side asked for at least this wait. */
  readonly retryAfterMs?: number;
};

/** What an evaluation needs from outside, as data. */
export type RunContext = {
  readonly executionId: string;
  readonly rootId: string;
  readonly tenantId: string;
  readonly input: Json;
  readonly trigger: Json;
  /** Of an item that is an execution of its own: what its expressions see of what was around it, by name. Null: nothing is. */
  readonly outside: JsonObject | null;
  readonly generation: number;
  /** How many executions called one another down to this one; 0 for one that none called. */
  readonly depth: number;
  /** The steps that called, from the root on, each with a slash behind it: `order/pay.0.charge/`; '' for a root. */
  readonly callPath: string;
  /** What those who wait for this execution hold meanwhile. */
  readonly heldByCallers: readonly HeldGate[];
};

/** Sources of what is not determined by the journal; what they give is recorded where it matters. */
export type Entropy = {
  uuid(): string;
  /** In [0, 1), for jitter. */
  random(): number;
  /** For an execution that is to be started. */
  executionId(): string;
};

/** Which gate: that of the workflow's `concurrency`, or of a lock that all executions of the workflow or the tenant share. */
export type GateName = { readonly of: 'concurrency' | 'workflow' | 'tenant'; readonly key: string };

/** A place that an execution holds; `limit`: how many may. */
export type HeldGate = GateName & { readonly workflowId: string; readonly limit: number };

export type Effect =
  /** Run one try. `free` when it touches nothing outside (a function): it may start before anything is committed. */
  | {
      readonly kind: 'attempt';
      readonly key: RunKey;
      readonly path: string;
      readonly attempt: number;
      readonly type: string;
      readonly input: Json;
      /** Of the stand-ins for secrets in `input`, see secret-marker.ts; absent: there are none. */
      readonly marker?: string;
      readonly timeoutMs: number;
      readonly idempotencyKey: string;
      readonly free: boolean;
      /** At most once: that it begins must be on disk before it does. */
      readonly recordFirst: boolean;
      /** For a function: its code and memory limit. */
      readonly code?: string;
      readonly memoryMb?: number;
    }
  /** The row of a task, for a worker to take: to be written with the events that it comes with. */
  | {
      readonly kind: 'offer_task';
      readonly key: RunKey;
      readonly path: string;
      readonly attempt: number;
      readonly type: string;
      readonly input: Json;
      /** From when a worker has it. */
      readonly timeoutMs: number;
      readonly idempotencyKey: string;
      readonly delivery: 'at_least_once' | 'at_most_once';
      readonly at: number;
    }
  /**
   * The task is not wanted any more, to be written with the events that it comes with. `unclaimed`: whoever has it goes on;
   * `ask`: whoever has it is to stop, and may say how far it came; `end`: nobody is heard about it from now on.
   */
  | {
      readonly kind: 'withdraw_task';
      readonly key: RunKey;
      readonly attempt: number;
      readonly how: 'unclaimed' | 'ask' | 'end';
    }
  /** Stop a try: it is to report soon, or be forgotten. */
  | { readonly kind: 'abort'; readonly key: RunKey; readonly attempt: number }
  /** Ask which version a `sub_workflow` means, and whether the input fits it: `child_resolved` answers. */
  | {
      readonly kind: 'resolve_child';
      readonly key: RunKey;
      readonly workflowId: string;
      readonly version: string | null;
      readonly input: Json;
    }
  /** The row of a child, to be written with the `called` that it comes with. `awaited`: it reports its end. */
  | {
      readonly kind: 'start_child';
      readonly child: ChildStart;
      readonly path: string;
      readonly depth: number;
      readonly input: Json;
      readonly awaited: boolean;
      /** What is held until its end, for it not to wait for. */
      readonly held: readonly HeldGate[];
      readonly at: number;
    }
  /** The row of an item that is an execution of its own, to be written with the `detached` that names it. */
  | {
      readonly kind: 'start_item';
      readonly executionId: string;
      /** Where its `for_each` stands, and the id of that. */
      readonly path: string;
      readonly stepId: string;
      readonly index: number;
      readonly depth: number;
      /** See `RunContext.outside`. */
      readonly outside: JsonObject;
      readonly at: number;
    }
  | { readonly kind: 'cancel_child'; readonly executionId: string; readonly reason: string }
  | { readonly kind: 'arm'; readonly timer: number; readonly due: number }
  | { readonly kind: 'disarm'; readonly timer: number }
  /** Ask a gate to let the execution (no `key`), or the run of a step, pass: `granted` or `turned_away` is the answer. */
  | { readonly kind: 'ask'; readonly gate: GateName; readonly key?: RunKey; readonly at: number }
  /** Whatever was asked of the gate is over: the place is free, or nobody waits for it any more. */
  | { readonly kind: 'leave'; readonly gate: GateName; readonly key?: RunKey }
  | { readonly kind: 'end'; readonly status: FinalStatus; readonly output: Json; readonly error: StepError | null };
