/**
 * The front door of the engine as other services and its own routes see it: starting, commands, and its life in the
 * process. What it promises is in README.md beside this file.
 */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { Adoption, Deed } from '@cloudflow/core/run/contract.ts';
import type { ExecutionStatus, FinalStatus, Phase } from '@cloudflow/core/run/event.ts';
import type { JournalWatch } from './following/journal-watch.ts';
import type { CommandAnswer } from './store/insert-command.ts';
import type { InterventionAnswer } from './store/insert-intervention.ts';
import type { Paused, PauseRow } from './store/pauses.ts';
import type { Tasks } from './tasks/tasks.ts';

/** A start, complete and checked: the workflow is resolved, the input fits its schema, every text can be stored. */
export type StartRequest = {
  readonly tenantId: string;
  readonly workflowId: string;
  readonly versionId: string;
  readonly slug: string;
  readonly version: string;
  readonly plan: Plan;
  readonly input: Json;
  /** 1 (first) to 5; absent: the plan's. */
  readonly priority?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly businessKey?: string;
  /** What started it, for people and for expressions; `{ "type": "api" }` from the routes. */
  readonly trigger: Json;
  /** `hash` is SHA-256 over what the start asks for: the same key with another hash is refused, not replayed. */
  readonly idempotency?: { readonly key: string; readonly hash: Buffer };
  readonly correlationId: string;
  /** Set when it is a retry by a person. */
  readonly retry?: Retry;
};

/** `adoption`: absent when everything begins anew. */
export type Retry = {
  readonly of: string;
  readonly rootId: string;
  readonly generation: number;
  readonly adoption?: Adoption;
};

/**
 * The public row of an execution as of its last committed journal row. JSON columns stay the text that is stored, so that
 * an answer neither parses nor prints them again.
 */
export type ExecutionHead = {
  readonly id: string;
  readonly slug: string;
  readonly version: string;
  readonly status: ExecutionStatus;
  readonly phase: Phase | null;
  readonly waitReason: string | null;
  readonly inputText: string;
  /** Null: no output (yet). */
  readonly outputText: string | null;
  /** A `StepError`. */
  readonly errorText: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly businessKey: string | null;
  readonly triggerText: string;
  readonly parentId: string | null;
  readonly retryOf: string | null;
  readonly rootId: string;
  /** Milliseconds since the epoch, as the other times. */
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Number of the last committed journal row; 0 before the first. */
  readonly seq: number;
};

/** An execution that has ended: what `?wait` answers with, from memory. */
export type FinishedExecution = ExecutionHead & { readonly status: FinalStatus; readonly finishedAt: number };

export type StartResult =
  | {
      readonly kind: 'started' | 'replayed';
      readonly executionId: string;
      readonly status: ExecutionStatus;
      /** Set when it was waited for and has ended. */
      readonly finished: FinishedExecution | null;
    }
  | { readonly kind: 'key_reused'; readonly executionId: string };

/** `executionIds` in the order of the requests. `replayed`: earlier starts with the same keys had started all of them. */
export type StartAllResult =
  | { readonly kind: 'started'; readonly executionIds: readonly string[]; readonly replayed: boolean }
  /** The key of the request at `index` stands for another start: nothing was started. */
  | { readonly kind: 'key_reused'; readonly index: number };

export type StartOptions = {
  /** Wait at most so long for the end; absent: answer as soon as the start is durable. */
  readonly waitMs?: number;
  /** Ends the waiting, never the execution. */
  readonly signal?: AbortSignal;
};

export type CommandKind = 'cancel' | 'pause' | 'resume';

/** Why something is asked for, and by whom: for the journal. */
export type CommandWhy = { readonly reason?: string; readonly by?: string };

/** What is sent to a live execution, for a step that waits or will wait for it. */
export type Signal = { readonly name: string; readonly payload: Json };

/** `by`: who, `<kind>:<id>`. */
export type Intervention = { readonly by: string; readonly reason: string; readonly deed: Deed };

export type Engine = {
  /**
   * Resolves when the start is durable; with `waitMs` when the execution has ended or the time is over, whichever is
   * first. Throws the problem `overloaded` (503 with Retry-After) when as many executions as may be are in memory.
   */
  start(request: StartRequest, options?: StartOptions): Promise<StartResult>;
  /**
   * Starts of one tenant, whose keys differ: all of them are durable when it resolves, or none is. However many run: what
   * is too much for this process's memory waits as PENDING rows.
   */
  startAll(requests: readonly StartRequest[]): Promise<StartAllResult>;
  /** Tells a live execution something; `accepted` when that is durable, `ending` to a cancel when it is at its last steps already. */
  command(tenantId: string, executionId: string, kind: CommandKind, why?: CommandWhy): Promise<CommandAnswer>;
  /**
   * Sends a live execution a signal; `accepted` when it is durable. `full`: as many as are kept for one execution wait for a
   * step already.
   */
  signal(tenantId: string, executionId: string, signal: Signal): Promise<'accepted' | 'ended' | 'not_found' | 'full'>;
  /** An administrator steps in; `accepted` when that is durable. `full`: many are not heard of yet. */
  intervene(tenantId: string, executionId: string, intervention: Intervention): Promise<InterventionAnswer>;
  /** Where workers take what they run. */
  readonly tasks: Tasks;
  /** Who follows the journal of an execution is told when there is more of it, whichever process drives it. */
  readonly watch: JournalWatch;
  /** Pauses workflows or the tenant, or lets them go on; durable when this resolves. */
  setPaused(
    isPaused: boolean,
    these: readonly Paused[],
    why: { readonly by: string; readonly reason: string | null },
  ): Promise<void>;
  /** What of the tenant is paused as one. */
  pauses(tenantId: string): Promise<readonly PauseRow[]>;
  /** True while starts are accepted: from `begin` until `drain`. */
  ready(): boolean;
  /**
   * Takes shards, recovers what was running, and accepts starts. With `drives: false` it only accepts: what it stores is
   * begun by the processes that drive.
   */
  begin(options?: { readonly drives?: boolean }): Promise<void>;
  /** No new attempts, running ones finish or are handed over within the time, everything decided is written. */
  drain(timeoutMs: number): Promise<void>;
};
