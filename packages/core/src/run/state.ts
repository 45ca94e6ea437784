/**
 * The state of one execution: what its journal says so far. Changed by `apply` alone, read by `decide` and the views.
 *
 * A *scope* is one instance of a block; a *step run* is one run of a step inside a scope. The runs of a scope are keyed by
 * step number; scopes are keyed by their path (`route.1`, `pay.error`), '' for the top of the document.
 */
import type { LockScope, Plan, PlanStep } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import type { Effect } from './contract.ts';
import type {
  ArrivalKey,
  ExecutionStatus,
  FinalStatus,
  PauseScope,
  Phase,
  RunKey,
  StepError,
  StepStatus,
} from './event.ts';

export type StepRun = {
  readonly step: PlanStep;
  readonly scope: Scope;
  /** Of the stand-ins for secrets in `input`. */
  marker: string | undefined;
  /** How often the step was begun before in this instance of its block, by `goto`. */
  readonly round: number;
  /** How many runs of the execution had ended when a `goto` left this one behind; null: it is the one that counts. */
  leftAt: number | null;
  /** Of a `goto` that was left behind: how often it had been taken, this time included. */
  jumps: number;
  status: StepStatus;
  /** Number of the current or last try, from 1; 0 for a step without tries. */
  attempt: number;
  startedAt: number | null;
  endedAt: number | null;
  output: Json;
  error: StepError | null;
  /** The resolved config of an action whose evaluation could differ the next time. */
  input: Json | undefined;
  /** The case a switch chose. */
  chosen: number | 'default' | null;
  withdrawn: boolean;
  /** A `goto` that its `when` passed over: what depends on it goes on. */
  passedOver: boolean;
  /** Why nothing runs although the step is EXECUTING; null: a try is under way, or inner blocks are. */
  waiting: 'delay' | 'retry_backoff' | 'signal' | 'child' | 'worker' | null;
  /** The execution that a `sub_workflow` started; `recalled` once it was told to cancel. */
  child: { readonly id: string; recalled: { readonly error: StepError | null } | null } | null;
  /** The lock that it holds, or waits for. */
  lock: HeldLock | null;
  /** Of a wait for signals: the number from which on they came while it waits. */
  waitsFrom: number;
  /** The signal that ended its wait. */
  signal: Signal | null;
  /** Of a `wait_any`: the option whose time its timer stands for; null: it stands for the timeout of the step. */
  timedOption: string | null;
  /** The armed timer of this run, or null. */
  timer: number | null;
  /** Its blocks: of a switch the cases, then of any step its handler, then its compensation. */
  readonly inner: Scope[];
  /** Of a for_each: how many of its items have been opened, and how they ended. */
  readonly items: { opened: number; succeeded: number; failed: number };
  /** Of a for_each: adopted items that wait for their turn, by number; null: there never were any. */
  parked: Map<number, Scope> | null;
  /** Of a for_each: the items themselves, once they have been asked for; not part of what the journal says. */
  itemList: Json[] | undefined;
  /** Of a for_each that does not wait: the executions that it started, in the order of their items. Null: none. */
  detached: string[] | null;
  /** Of a for_each: the items that signals added, and whether one said that no more come. */
  readonly added: { readonly items: Json[]; closed: boolean };
  /** Of a step whose items or runs arrive by themselves at a block: those that did, in order. Null: none. */
  arrivals: { readonly number: number; readonly order: number }[] | null;
  /** Of a block that runs for each of its arrivals: what it has taken. Null: nothing. */
  took: { sets: number; readonly of: Map<number, number> } | null;
  /** How many runs of the execution had ended before this one: the order of compensation. */
  endOrder: number;
};

export type HeldLock = { readonly key: string; readonly scope: LockScope; held: boolean };

export type Signal = {
  /** Signals are numbered from 0 in the order in which they came. */
  readonly number: number;
  readonly name: string;
  readonly payload: Json;
  /** When it was received. */
  readonly at: number;
};

export type Scope = {
  readonly path: string;
  readonly block: number;
  readonly parent: Scope | null;
  /** The run that holds this block; null at the top and for `on_failure` and `on_cancel`. */
  readonly owner: StepRun | null;
  /** What it runs for: of a block that runs for each of its arrivals. */
  readonly arrivals: readonly ArrivalKey[] | null;
  /** The item or run has arrived at a block that depends on its step. */
  arrived: boolean;
  /** Number of the round, item or run; null for a block that opens once. */
  readonly index: number | null;
  readonly runs: Map<number, StepRun>;
  /** Runs of earlier rounds, which a `goto` left behind: by step, in order. Null before the first. */
  past: Map<number, StepRun[]> | null;
  /** Steps of the block that have not ended. */
  remaining: number;
  /** Blocks of steps that have ended which run on all the same: branches and items that nothing waits for. */
  lingering: number;
  /** This is one of them. */
  lingers: boolean;
  /** The item failed, and its step goes on. */
  failed: boolean;
  /** The error that a handler handles. */
  readonly error: StepError | null;
  /** Set when nothing more starts here: what it will end as. */
  stopping: { readonly to: FinalStatus; readonly error: StepError | null } | null;
  graceTimer: number | null;
  /** All of its steps have ended, or the run that holds it has. */
  closed: boolean;
};

export type Timer = { readonly due: number } & (
  | { readonly kind: 'execution_timeout' }
  | { readonly kind: 'step'; readonly run: StepRun }
  | { readonly kind: 'grace'; readonly scope: Scope }
);

export type Pause = {
  readonly scope: PauseScope;
  readonly since: number;
  readonly reason: string | null;
  /** Who asked for it; null when that is not recorded. */
  readonly by: string | null;
};

/** A run whose try is a task for workers: how many workers were lost with it. */
export type OpenTask = { lost: number };

export type TaskName = { readonly key: RunKey; readonly attempt: number };

export type GateEffect = Extract<Effect, { kind: 'ask' | 'leave' }>;

const noPauses: readonly Pause[] = [];

export type RunState = {
  status: ExecutionStatus;
  phase: Phase | null;
  startedAt: number | null;
  endedAt: number | null;
  /** When the last recorded event happened; 0 before the first. */
  lastAt: number;
  error: StepError | null;
  vars: { readonly [name: string]: Json };
  readonly top: Scope;
  readonly scopes: Map<string, Scope>;
  readonly timers: Map<number, Timer>;
  nextTimer: number;
  readonly signals: {
    /** The number of the next one. */
    next: number;
    /** Those that no step has taken, by number, in order. */
    readonly kept: Map<number, Signal>;
    /** The runs that wait for one, in the order in which they began to. */
    readonly waiting: Set<StepRun>;
  };
  /** The runs that wait for the end of another execution, by its id. */
  readonly children: Map<string, StepRun>;
  /** The runs whose try is a task, which a worker has or is to take. */
  readonly tasks: Map<StepRun, OpenTask>;
  /** Tasks that are none any more since the driver last asked; not part of what the journal says. */
  readonly tasksOver: TaskName[];
  /** The runs that wait for their milestone, in the order in which they began to. */
  readonly held: Set<StepRun>;
  /** Runs that have ended: how many, when the last did, and those that may have to be undone, in the order in which they ended. */
  readonly ended: { count: number; lastAt: number; readonly undoable: StepRun[] };
  /** What the rules need no more is left out; see forget.ts. */
  readonly forgets: boolean;
  /** How many of the runs that have ended did so in the execution that this one is a retry of; null: it is none, or adopted nothing. */
  adopted: number | null;
  /** What the execution will end as, once the top block stops. */
  stop: { readonly to: FinalStatus; readonly error: StepError | null } | null;
  /** Timers set and dropped since the driver last asked; not part of what the journal says. */
  readonly timerChanges: { armed: { timer: number; due: number }[]; dropped: number[] };
  /** Its place under `concurrency`, once it has asked for one. */
  slot: { readonly key: string } | null;
  /** The runs that hold a lock or wait for one, in the order in which they asked. */
  readonly locking: Set<StepRun>;
  /** What gates are to hear of since the driver last asked; not part of what the journal says. */
  readonly gateChanges: GateEffect[];
  paused: boolean;
  /** Why it is: one for each scope. */
  pauses: readonly Pause[];
  /** What the last decision left to the next one; not part of what the journal says, see `resume`. */
  backlog: readonly Task[];
  readonly failedCompensations: Map<StepRun, StepError>;
};

export function createState(plan: Plan, { forgets = false } = {}): RunState {
  const top = createScope(plan, { path: '', block: 0, parent: null, owner: null, error: null, index: null });
  return {
    status: 'PENDING',
    phase: null,
    startedAt: null,
    endedAt: null,
    lastAt: 0,
    error: null,
    vars: plan.variables,
    top,
    scopes: new Map([['', top]]),
    timers: new Map(),
    nextTimer: 0,
    signals: { next: 0, kept: new Map(), waiting: new Set() },
    children: new Map(),
    tasks: new Map(),
    tasksOver: [],
    held: new Set(),
    ended: { count: 0, lastAt: 0, undoable: [] },
    forgets,
    adopted: null,
    stop: null,
    timerChanges: { armed: [], dropped: [] },
    slot: null,
    locking: new Set(),
    gateChanges: [],
    paused: false,
    pauses: noPauses,
    backlog: [],
    failedCompensations: new Map(),
  };
}

export function createScope(
  plan: Plan,
  of: Pick<Scope, 'path' | 'block' | 'parent' | 'owner' | 'error' | 'index'> & Partial<Pick<Scope, 'arrivals'>>,
): Scope {
  const remaining = plan.blocks[of.block]?.steps.length ?? 0;
  return {
    arrivals: null,
    ...of,
    arrived: false,
    runs: new Map(),
    past: null,
    remaining,
    lingering: 0,
    lingers: false,
    failed: false,
    stopping: null,
    graceTimer: null,
    closed: remaining === 0,
  };
}

export function isFinal(status: StepStatus): boolean {
  return status === 'SUCCESS' || status === 'FAILED' || status === 'SKIPPED';
}

/** `route.1.in-b`: the step's id behind the path of the block it runs in; a compensation is its block's only step. */
export function pathOf(plan: Plan, step: PlanStep, scope: Scope): string {
  if (plan.blocks[step.block]?.kind === 'compensation') return scope.path;
  return scope.path === '' ? step.id : `${scope.path}.${step.id}`;
}

export function keyOf({ step, scope, round }: StepRun): RunKey {
  const key = scope.path === '' ? { s: step.id } : { s: step.id, p: scope.path };
  return round === 0 ? key : { ...key, r: round };
}

/** The number of the run that the step has, or will have, in this instance of its block. */
export function roundOf(scope: Scope, step: PlanStep): number {
  return scope.past?.get(step.index)?.length ?? 0;
}

/** The run that a recorded key names; undefined when it has not begun. */
export function findRun(plan: Plan, state: RunState, key: RunKey): StepRun | undefined {
  const index = plan.stepIndex.get(key.s);
  const scope = index === undefined ? undefined : state.scopes.get(key.p ?? '');
  if (index === undefined || scope === undefined) return undefined;
  return runOfRound(scope, index, key.r ?? 0);
}

export function runOfRound(scope: Scope, index: number, round: number): StepRun | undefined {
  const run = scope.runs.get(index);
  return run?.round === round ? run : scope.past?.get(index)?.[round];
}

/** True while a try is under way: EXECUTING, not waiting for a time, and not in the hands of its handler. */
export function isTrying(run: StepRun): boolean {
  return run.status === 'EXECUTING' && run.waiting === null && run.inner.length === 0 && isTried(run.step);
}

/** True of a `sub_workflow` that has begun and does not know yet what to start. */
export function isAsking(run: StepRun): boolean {
  const { status, waiting, child, inner, step } = run;
  return (
    step.work.kind === 'sub_workflow' &&
    status === 'EXECUTING' &&
    waiting === null &&
    child === null &&
    inner.length === 0
  );
}

/** True of a for_each that does not wait, and has not started all of its items. */
export function isDetaching({ step: { work }, status, inner }: StepRun): boolean {
  return work.kind === 'for_each' && !work.wait && status === 'EXECUTING' && inner.length === 0;
}

export function isTried(step: PlanStep): boolean {
  return step.work.kind === 'action' || step.work.kind === 'function';
}

/** An adopted item that waits for its turn: nothing begins in it. */
export function isParked({ owner, index }: Scope): boolean {
  return index !== null && owner?.parked?.has(index) === true;
}

/** True when the steps of a block have ended, and nothing of it runs on. */
export function isComplete(scope: Scope): boolean {
  return scope.remaining === 0 && scope.lingering === 0;
}

/** What a decision has still to look at. */
export type Task =
  /** A step whose join may have been decided by what just ended. */
  | { readonly kind: 'begin'; readonly scope: Scope; readonly step: PlanStep }
  /** A for_each that does not wait has more items to start. */
  | { readonly kind: 'detach'; readonly run: StepRun }
  /** All steps of a block have ended, and none failed it. */
  | { readonly kind: 'completed'; readonly scope: Scope }
  /** Items of a for_each that were adopted may have their turn. */
  | { readonly kind: 'next_items'; readonly run: StepRun }
  /** In a block that stops, nothing runs any more. May be said twice of one block. */
  | { readonly kind: 'at_rest'; readonly scope: Scope };
