/**
 * The plan: a workflow definition compiled for running. Made by `compile`, read by `decide` and `apply`, never stored:
 * it is compiled anew from the definition, so that the definition stays the only truth.
 *
 * Steps and blocks are numbered in document order. A *block* is a list of steps that start together: the top of the
 * document, a case of a switch, an error handler, `on_failure`. A step of a nested block is addressed at run time by its
 * step number and the *scope path* of the block instance it runs in, so that cases, items, rounds and handlers are one
 * mechanism.
 */
import type { Expression, Template } from '../expression/expression.ts';
import type { Json } from '../json.ts';

export type Plan = {
  readonly workflowId: string;
  readonly version: string;
  readonly steps: readonly PlanStep[];
  /** `blocks[0]` is the top block. */
  readonly blocks: readonly PlanBlock[];
  readonly stepIndex: ReadonlyMap<string, number>;
  readonly variables: { readonly [name: string]: Json };
  /** Null: the outputs of the steps that nothing depends on, by id. */
  readonly output: Template | null;
  readonly timeoutMs: number | null;
  readonly onFailure: number | null;
  readonly onCancel: number | null;
  /** Some milestone asks for time or chance, so that any event may change the answer. */
  readonly hasTimedMilestones: boolean;
  /** Some step is sensitive. */
  readonly hasSensitive: boolean;
  /** Its output takes from a sensitive step: nobody is given it. */
  readonly hidesOutput: boolean;
  /** The credentials that its actions use, each where it is named first. */
  readonly credentials: readonly CredentialUse[];
  /** The registered operations that its actions run. */
  readonly operations: readonly OperationUse[];
  /** 1 (first) to 5. */
  readonly priority: number;
  readonly concurrency: Concurrency | null;
  /** Problems of an input against `input_schema`, pointers relative to the input; empty when it fits. */
  readonly checkInput: (input: Json) => readonly InputProblem[];
};

/** `key` null: one limit for the whole workflow. */
export type Concurrency = {
  readonly key: Expression | null;
  readonly limit: number;
  readonly strategy: ConcurrencyStrategy;
};
export type ConcurrencyStrategy = 'queue' | 'reject' | 'cancel_running' | 'skip';

export type Lock = { readonly key: Expression; readonly scope: LockScope };
export type LockScope = 'execution' | 'workflow' | 'tenant';

export type CredentialUse = { readonly name: string; readonly pointer: string };
export type OperationUse = { readonly name: string; readonly pointer: string };

export type InputProblem = { readonly pointer: string; readonly code: string; readonly message: string };

export type PlanBlock = {
  readonly index: number;
  /**
   * Names this block under its owner, and in the scope path unless it has rounds or items, which are numbered there: a case
   * number, `default`, the name of a branch, `body`, `round`, `item`, `error`, `compensate`; '' for the top.
   */
  readonly name: string;
  readonly kind: BlockKind;
  /** The step that holds the block; null for the top, `on_failure` and `on_cancel`. */
  readonly owner: number | null;
  /** Its own steps in document order; steps of inner blocks are not among them. */
  readonly steps: readonly number[];
};

/**
 * `case`: a case of a switch, the steps of a `block`, a branch, an option: opened at most once by its step. `arrival`: the
 * steps of a `block` that runs for each of its arrivals.
 */
export type BlockKind =
  | 'top'
  | 'case'
  | 'round'
  | 'item'
  | 'arrival'
  | 'handler'
  | 'compensation'
  | 'on_failure'
  | 'on_cancel';

export type Join =
  | { readonly kind: 'all' }
  /** `any` is a count of 1. */
  | { readonly kind: 'count'; readonly count: number; readonly cancelRemaining: boolean }
  | JoinOfArrivals;

/** Of a `block` alone, which runs several times: once for each `size` arrivals, or once for each set. */
export type JoinOfArrivals =
  | { readonly kind: 'each'; readonly size: number }
  /** A set has one arrival of each dependency; the block runs for it when `count` of them are there. */
  | { readonly kind: 'sets'; readonly count: number };

export type RetryPolicy = {
  /** Tries in all; 1 means no retry. */
  readonly maxAttempts: number;
  readonly backoff: 'exponential' | 'linear' | 'fixed';
  readonly initialMs: number;
  readonly multiplier: number;
  readonly maxIntervalMs: number;
  /** 0 (none) to 1: the wait is multiplied by a random factor in [1 - jitter, 1 + jitter]. */
  readonly jitter: number;
  /** Only these error codes; null: all that the action calls retryable. */
  readonly on: readonly string[] | null;
  readonly except: readonly string[];
};

export type OnError =
  | { readonly kind: 'fail' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'skip' }
  | { readonly kind: 'handler'; readonly block: number; readonly compensate: boolean };

/** Asked just before the step starts. */
export type Milestone = {
  readonly when: Expression;
  /** False: a step whose milestone does not hold is passed over. */
  readonly waits: boolean;
  /** The variables that it reads, the only thing that can change the answer; null: it asks for time or chance, so any event may. */
  readonly reads: readonly string[] | null;
};

export type PlanStep = {
  readonly index: number;
  readonly id: string;
  readonly type: string;
  /** The block that holds this step. */
  readonly block: number;
  /** JSON pointer of the step in the document. */
  readonly pointer: string;
  readonly dependsOn: readonly number[];
  readonly dependents: readonly number[];
  readonly when: Expression | null;
  readonly milestone: Milestone | null;
  readonly join: Join;
  readonly lock: Lock | null;
  /** Of one attempt, for an action; of the whole step, for a step that holds blocks. */
  readonly timeoutMs: number | null;
  readonly onError: OnError;
  /** The block of the one step that undoes this one; null when there is none. */
  readonly compensation: number | null;
  /** Shapes the output from `result`; null: the raw result. */
  readonly output: Template | null;
  /** Said so, or found by what it takes: its input and output are sealed before they are kept, and never shown. */
  readonly sensitive: boolean;
  readonly work: Work;
};

/** What a step does, by kind. */
export type Work =
  | { readonly kind: 'transform'; readonly output: Template }
  | { readonly kind: 'set_variables'; readonly values: Template }
  | {
      readonly kind: 'switch';
      readonly cases: readonly { readonly when: Expression; readonly block: number }[];
      readonly default: number | null;
      readonly mode: 'first' | 'all';
    }
  | { readonly kind: 'block'; readonly block: number }
  | {
      readonly kind: 'parallel';
      readonly branches: readonly { readonly name: string; readonly block: number }[];
      readonly join: Join;
    }
  | {
      readonly kind: 'loop';
      readonly block: number;
      /** Asked before each round. */
      readonly while: Expression | null;
      /** Asked after each round, with the steps of that round in view. */
      readonly until: Expression | null;
      readonly times: Template | null;
      readonly maxIterations: number;
    }
  | {
      readonly kind: 'for_each';
      readonly block: number;
      readonly items: Template;
      /** True when a later evaluation of `items` could differ: they are recorded when the step begins. */
      readonly recordItems: boolean;
      /** The name under which the steps see their item. */
      readonly as: string;
      /** False: each item is an execution of its own, whose plan is the block (`itemPlan`), and nothing waits for their ends. */
      readonly wait: boolean;
      readonly concurrency: number;
      /** How many failed items the step forgives; null: all of them. */
      readonly maxFailures: number | null;
      /** Asked after each item. */
      readonly completeWhen: Expression | null;
      readonly remaining: 'cancel' | 'ignore';
      /** The signals that add items while it runs, and that say that no more come; null: the list is all there is. */
      readonly adds: { readonly signal: string; readonly closedBy: string | null } | null;
    }
  | {
      readonly kind: 'goto';
      readonly step: number;
      readonly max: number;
      /** The step that it leads to and all that depend on it, the `goto` and what follows it included. */
      readonly again: readonly number[];
    }
  | { readonly kind: 'cancel'; readonly steps: readonly number[]; readonly outcome: 'skip' | 'complete' }
  | ({ readonly kind: 'wait' } & TimeToWait)
  | ({
      readonly kind: 'wait';
      /** How long at most; null: as long as it takes, or as the timeout of the step says. */
      readonly timeout: Template | null;
      readonly onTimeout: 'fail' | 'continue';
    } & SignalToWait)
  | { readonly kind: 'wait_any'; readonly options: readonly WaitOption[] }
  | {
      readonly kind: 'sub_workflow';
      readonly workflowId: string;
      /** Null: the current one when the step starts. */
      readonly version: string | null;
      /** Null: `{}`. */
      readonly input: Template | null;
      /** True when a later evaluation of `input` could differ: recorded as that of an action is. */
      readonly recordInput: boolean;
      readonly wait: boolean;
      readonly onCancel: 'cancel' | 'abandon';
    }
  | {
      readonly kind: 'terminate';
      readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
      readonly output: Template | null;
      readonly error: Template | null;
    }
  | {
      readonly kind: 'function';
      readonly code: string;
      readonly input: Template | null;
      /** True when `input` reads `vars`, `now()` or `uuid()`: recorded as that of an action is. */
      readonly recordInput: boolean;
      readonly timeoutMs: number;
      readonly memoryMb: number;
    }
  | {
      readonly kind: 'action';
      readonly config: Template;
      readonly retry: RetryPolicy;
      readonly delivery: 'at_least_once' | 'at_most_once';
      /**
       * True when `config` or `when` reads `vars`, `now()` or `uuid()`: a later evaluation could differ, so the resolved
       * config is recorded when the step begins, and a repeated attempt sends the very same.
       */
      readonly recordInput: boolean;
      /** The type is one of the tenant's own: each try is a task, which a worker of the tenant takes. */
      readonly byWorker: boolean;
      /** It has no config of its own: it runs what the tenant has registered under its id. */
      readonly registered: boolean;
      /** The names after `secrets.` in `config`. */
      readonly secrets: readonly string[];
    };

/** A duration from the moment when the step begins, or a time. */
export type TimeToWait = { readonly for: Template } | { readonly until: Template };

export type SignalToWait = {
  /** The signal's name. */
  readonly signal: string;
  /** Sees `signal`; null: every signal of the name. */
  readonly match: Expression | null;
  /** Only signals that come while the step waits count; none that was kept before. */
  readonly transient: boolean;
};

/** `block`: what runs when this option is the first to happen; null: nothing. */
export type WaitOption = { readonly name: string; readonly block: number | null } & (TimeToWait | SignalToWait);

/** What `compile` needs to know of the actions that exist: see `server/registry`. */
export type ActionCatalog = {
  find(type: string): ActionShape | undefined;
  types(): readonly string[];
};

export type ActionShape = {
  readonly type: string;
  /** JSON Schema of `config`, checked when a workflow is saved; strings with `${ }` are checked when it runs. */
  readonly configSchema: Json;
  readonly defaultTimeoutMs: number;
  /** Without `config` it runs what the tenant has registered under the step's id. */
  readonly registered?: boolean;
  /** Not the server runs it but a worker of the tenant. */
  readonly byWorker?: boolean;
};

export type DefinitionIssue = {
  readonly code: string;
  /** JSON pointer into the document; a missing field is reported where it would stand. */
  readonly pointer: string;
  readonly message: string;
  readonly suggestion?: string;
  /** For an expression: where in the string at `pointer`, in UTF-16 units from its beginning. */
  readonly position?: number;
};

export type CompileResult =
  | { readonly plan: Plan; readonly warnings: readonly DefinitionIssue[] }
  | { readonly errors: readonly DefinitionIssue[]; readonly warnings: readonly DefinitionIssue[] };
