/**
 * What is true now that this has happened? Total and free of rules: the past is not judged again, and an event that names
 * what is not there changes nothing.
 */
import type { Plan } from '../definition/plan.ts';
import { arm, close, drop, end, noteEnd, stopWaiting, taskOver } from './apply-end.ts';
import { blockOf } from './block-of.ts';
import type { ArrivalKey, RunEvent, RunKey } from './event.ts';
import { forgetRoundsBefore } from './forget.ts';
import { askForLock, askForSlot, holdLock, leaveAll, leaveLock } from './held-places.ts';
import { addItems, keepSignal, takeSignal, waitsForSignal } from './kept-signals.ts';
import { startedOthers } from './started-executions.ts';
import {
  createScope,
  findRun,
  isFinal,
  isTried,
  pathOf,
  type RunState,
  roundOf,
  runOfRound,
  type StepRun,
} from './state.ts';

type EventOf<K extends RunEvent['e']> = Extract<RunEvent, { e: K }>;

export function apply(plan: Plan, state: RunState, event: RunEvent): void {
  state.lastAt = event.at;
  switch (event.e) {
    case 'asked':
      return askForSlot(state, event.k, event.at);
    case 'locking':
    case 'locked':
      return lockMoved(plan, state, event);
    case 'started':
      return started(plan, state, event);
    case 'adopted':
      return adopted(plan, state, event);
    case 'begun':
      return begun(plan, state, event);
    case 'claimed':
    case 'requeued':
      return taskMoved(plan, state, event);
    case 'retrying':
      return retrying(plan, state, event);
    case 'opened':
      return opened(plan, state, event);
    case 'succeeded':
      return succeeded(plan, state, event);
    case 'failed':
      return failed(plan, state, event);
    case 'skipped':
      return skipped(plan, state, event);
    case 'called':
    case 'detached':
      return startedOthers(plan, state, event);
    case 'recalled':
      return recalled(plan, state, event);
    case 'held':
      return held(plan, state, event);
    case 'signalled':
    case 'taken':
      return signalMoved(plan, state, event);
    case 'cancel_requested': // what it changes is said by the `stopping` that follows
      return;
    case 'stopping':
      return stopping(state, event);
    case 'phase':
      return phase(state, event);
    case 'item_failed':
      return itemFailed(plan, state, event);
    case 'arrived':
      return arrived(plan, state, event);
    case 'passed':
      return takeArrivals(plan, findRun(plan, state, event), event.f);
    case 'intervened':
      return intervened(state, event);
    case 'paused':
    case 'resumed':
      return pauseMoved(state, event);
    case 'compensation_failed':
      return compensationFailed(plan, state, event);
    case 'ended':
      return ended(state, event);
  }
}

function lockMoved(plan: Plan, state: RunState, event: EventOf<'locking' | 'locked'>): void {
  const run = runOf(plan, state, event, null);
  if (event.e === 'locking') askForLock(state, run, event.k, event.at);
  else holdLock(state, run, event.k);
}

function started(plan: Plan, state: RunState, { at, v }: EventOf<'started'>): void {
  state.status = 'RUNNING';
  state.startedAt = at;
  if (v !== undefined) state.vars = v;
  if (plan.timeoutMs !== null) arm(state, { kind: 'execution_timeout', due: at + plan.timeoutMs });
}

/** What was true before is true here: time and the order of what ends from here on come after all of it. */
function adopted(plan: Plan, state: RunState, { at, ev }: EventOf<'adopted'>): void {
  for (const event of ev) apply(plan, state, event);
  state.tasksOver.length = 0; // they were the other execution's
  state.lastAt = at;
  state.adopted = state.ended.count; // from then on it is known, however often the start is heard
}

function begun(plan: Plan, state: RunState, event: EventOf<'begun'>): void {
  const run = runOf(plan, state, event, event.at);
  if (run === undefined) return;
  stopWaiting(state, run);
  run.status = 'EXECUTING';
  if (event.g !== undefined) takeSignal(state, run, event.g);
  else wait(state, run, event);
  if (isTried(run.step)) run.attempt = event.a ?? 1;
  if (event.tk === true) offer(state, run);
  if (event.in !== undefined) run.input = event.in;
  if (event.mk !== undefined) run.marker = event.mk;
  if (event.until !== undefined) run.timer = arm(state, { kind: 'step', run, due: event.until });
}

function offer(state: RunState, run: StepRun): void {
  run.waiting = 'worker';
  state.tasks.set(run, { lost: 0 });
}

function taskMoved(plan: Plan, state: RunState, event: EventOf<'claimed' | 'requeued'>): void {
  const run = findRun(plan, state, event);
  const task = run === undefined ? undefined : state.tasks.get(run);
  if (run === undefined || task === undefined) return;
  run.waiting = event.e === 'claimed' ? null : 'worker';
  if (event.e === 'requeued' && event.why === 'lost') task.lost += 1;
}

function held(plan: Plan, state: RunState, event: EventOf<'held'>): void {
  const run = runOf(plan, state, event, null);
  if (run !== undefined && run.status === 'QUEUED') state.held.add(run);
}

function wait(state: RunState, run: StepRun, { until, b }: EventOf<'begun'>): void {
  const { work } = run.step;
  if (work.kind === 'for_each' && work.adds !== null) state.signals.waiting.add(run);
  if (work.kind !== 'wait' && work.kind !== 'wait_any') return;
  run.timedOption = b ?? null;
  if (waitsForSignal(work)) {
    run.waiting = 'signal';
    run.waitsFrom = state.signals.next;
    state.signals.waiting.add(run);
  } else if (until !== undefined) {
    run.waiting = 'delay';
  }
}

function recalled(plan: Plan, state: RunState, event: EventOf<'recalled'>): void {
  const run = findRun(plan, state, event);
  if (run === undefined || run.child === null) return;
  run.child.recalled = { error: event.err ?? null };
  if (run.timer !== null) drop(state, run.timer);
  run.timer = null;
}

/** It came, and ended a wait or is kept; or one that was kept is taken. */
function signalMoved(plan: Plan, state: RunState, event: EventOf<'signalled' | 'taken'>): void {
  if (event.e === 'signalled')
    keepSignal(state, { number: event.g, name: event.n, payload: event.d ?? null, at: event.at });
  const run = event.s === undefined ? undefined : findRun(plan, state, event as RunKey);
  if (run !== undefined) take(state, run, event.g);
}

/** A plain wait is over by it; a for_each waits on, unless it was told that no more come. */
function take(state: RunState, run: StepRun, number: number): void {
  if (isFinal(run.status)) return;
  const { work } = run.step;
  if (work.kind !== 'for_each') stopWaiting(state, run);
  takeSignal(state, run, number);
  if (work.kind !== 'for_each') return;
  addItems(run, work);
  if (run.added.closed) state.signals.waiting.delete(run);
}

function paused(state: RunState, { at, sc, reason, by }: EventOf<'paused'>): void {
  state.pauses = [...state.pauses, { scope: sc ?? 'execution', since: at, reason: reason ?? null, by: by ?? null }];
  state.paused = true;
}

function retrying(plan: Plan, state: RunState, event: EventOf<'retrying'>): void {
  const run = findRun(plan, state, event);
  if (run === undefined) return;
  taskOver(state, run);
  run.error = event.err;
  run.waiting = 'retry_backoff';
  run.timer = arm(state, { kind: 'step', run, due: event.until });
}

function opened(plan: Plan, state: RunState, event: EventOf<'opened'>): void {
  const owner = event.s === undefined ? null : (findRun(plan, state, event as RunKey) ?? null);
  const block = blockOf(plan, owner, event.b);
  if (block === undefined) return;
  const parent = owner?.scope ?? state.top;
  const path = scopePath(plan, owner, event.i ?? event.b);
  if (event.i !== undefined && owner?.parked?.delete(event.i)) return; // its turn has come
  const scope = createScope(plan, {
    path,
    block,
    parent,
    owner,
    error: event.err ?? null,
    index: event.i ?? null,
    arrivals: event.f ?? null,
  });
  if (event.f !== undefined && owner !== null) takeArrivals(plan, owner, event.f);
  if (owner !== null && event.i !== undefined) {
    owner.items.opened += 1;
    if (scope.closed) owner.items.succeeded += 1; // a block without steps
  }
  state.scopes.set(path, scope);
  owner?.inner.push(scope);
  if (owner === null) return;
  if (event.h === true && event.i !== undefined) owner.parked = (owner.parked ?? new Map()).set(event.i, scope);
  // What it waited for has come, or will not: what runs now are the steps of an option, or of its handler.
  if (owner.waiting !== null || event.b === 'error') stopWaiting(state, owner);
  if (event.until !== undefined) owner.timer = arm(state, { kind: 'step', run: owner, due: event.until });
  if (event.b === 'error') owner.error = event.err ?? null;
  if (event.i !== undefined && owner.step.work.kind === 'loop') forgetRoundsBefore(plan, state, owner, event.i);
}

/** Where the block instance stands; `$` and `@`, which no id has, keep apart `on_failure` and `on_cancel`, and the rounds. */
export function scopePath(plan: Plan, owner: StepRun | null, name: string | number): string {
  if (owner === null) return `$${name}`;
  const path = pathOf(plan, owner.step, owner.scope);
  return owner.round === 0 ? `${path}.${name}` : `${path}@${owner.round}.${name}`;
}

function succeeded(plan: Plan, state: RunState, event: EventOf<'succeeded'>): void {
  if (event.t !== undefined) return goneBack(plan, state, event);
  end(state, runOf(plan, state, event, event.at), 'SUCCESS', event.at, (run) => {
    run.output = event.o ?? null;
    run.error = event.err ?? null;
    if (event.c !== undefined) run.chosen = event.c;
  });
  if (event.v !== undefined) state.vars = { ...state.vars, ...event.v };
}

function failed(plan: Plan, state: RunState, event: EventOf<'failed'>): void {
  end(state, runOf(plan, state, event, event.at), 'FAILED', event.at, (run) => {
    run.error = event.err;
  });
}

function skipped(plan: Plan, state: RunState, event: EventOf<'skipped'>): void {
  end(state, runOf(plan, state, event, null), 'SKIPPED', event.at, (run) => {
    run.withdrawn = event.w === true;
    run.passedOver = event.x === true;
    run.output = null;
  });
}

function pauseMoved(state: RunState, event: EventOf<'paused' | 'resumed'>): void {
  if (event.e === 'paused') paused(state, event);
  else resumed(state, event);
}

/** What becomes of a step is said by its outcome, which follows. */
function intervened(state: RunState, { v }: EventOf<'intervened'>): void {
  if (v !== undefined) state.vars = { ...state.vars, ...v };
}

function resumed(state: RunState, { sc }: EventOf<'resumed'>): void {
  state.pauses = state.pauses.filter(({ scope }) => scope !== (sc ?? 'execution'));
  state.paused = state.pauses.length > 0;
}

/** A `goto` was taken: it and all that has run since the step that it leads to are left behind, and these steps are to run again. */
function goneBack(plan: Plan, state: RunState, event: EventOf<'succeeded'>): void {
  const taken = runOf(plan, state, event, event.at);
  if (taken === undefined || isFinal(taken.status) || taken.step.work.kind !== 'goto') return;
  const { scope } = taken;
  const { again } = taken.step.work;
  // While the `goto` itself has not ended, its block cannot be complete, whatever closes in it.
  for (const index of again) for (const inner of scope.runs.get(index)?.inner ?? []) close(state, inner);
  stopWaiting(state, taken);
  leaveLock(state, taken);
  taken.status = 'SUCCESS';
  taken.endedAt = event.at;
  noteEnd(state, taken, event.at);
  scope.past ??= new Map();
  for (const index of again) {
    const run = scope.runs.get(index);
    if (run === undefined) continue;
    run.leftAt = state.ended.count;
    if (run !== taken) scope.remaining += 1;
    scope.runs.delete(index);
    const past = scope.past.get(index) ?? [];
    run.jumps = (past.at(-1)?.jumps ?? 0) + (run === taken ? 1 : 0);
    past.push(run);
    scope.past.set(index, past);
  }
}

function stopping(state: RunState, event: EventOf<'stopping'>): void {
  const scope = state.scopes.get(event.p ?? '');
  if (scope === undefined) return;
  scope.stopping = { to: event.to, error: event.err ?? null };
  if (event.until !== undefined) scope.graceTimer = arm(state, { kind: 'grace', scope, due: event.until });
  if (scope !== state.top) return;
  state.stop = scope.stopping;
  state.phase = 'stopping';
  for (const [id, timer] of state.timers) if (timer.kind === 'execution_timeout') drop(state, id);
}

function phase(state: RunState, event: EventOf<'phase'>): void {
  state.phase = event.phase;
}

function itemFailed(plan: Plan, state: RunState, event: EventOf<'item_failed'>): void {
  const run = findRun(plan, state, event);
  const scope = run === undefined ? undefined : state.scopes.get(scopePath(plan, run, event.i));
  if (scope === undefined || scope.closed) return;
  scope.failed = true;
  close(state, scope);
}

function arrived(plan: Plan, state: RunState, event: EventOf<'arrived'>): void {
  const run = findRun(plan, state, event);
  const scope = run === undefined ? undefined : state.scopes.get(scopePath(plan, run, event.i));
  if (run === undefined || scope === undefined || scope.arrived) return;
  scope.arrived = true;
  run.arrivals ??= [];
  run.arrivals.push({ number: event.i, order: state.ended.count });
}

function takeArrivals(plan: Plan, run: StepRun | undefined, taken: readonly ArrivalKey[]): void {
  if (run === undefined) return;
  run.took ??= { sets: 0, of: new Map() };
  run.took.sets += 1;
  for (const [id] of taken) {
    const index = plan.stepIndex.get(id);
    if (index !== undefined) run.took.of.set(index, (run.took.of.get(index) ?? 0) + 1);
  }
}

/** `s` and `p` name the step that was to be undone. */
function compensationFailed(plan: Plan, state: RunState, event: EventOf<'compensation_failed'>): void {
  const run = findRun(plan, state, event);
  if (run !== undefined) state.failedCompensations.set(run, event.err);
}

function ended(state: RunState, { at, st, err }: EventOf<'ended'>): void {
  state.status = st;
  state.phase = null;
  state.endedAt = at;
  state.error = err ?? null;
  for (const id of state.timers.keys()) drop(state, id);
  state.signals.kept.clear();
  state.signals.waiting.clear();
  state.children.clear();
  state.held.clear();
  for (const run of [...state.tasks.keys()]) taskOver(state, run);
  leaveAll(state);
}

/** The run that the event names, made when this is the first that is heard of it. */
function runOf(plan: Plan, state: RunState, key: RunKey, startedAt: number | null): StepRun | undefined {
  const index = plan.stepIndex.get(key.s);
  const scope = state.scopes.get(key.p ?? '');
  const step = index === undefined ? undefined : plan.steps[index];
  if (step === undefined || scope === undefined) return undefined;
  const known = runOfRound(scope, step.index, key.r ?? 0);
  if (known !== undefined) {
    known.startedAt ??= startedAt; // it was there before it began: held, or waiting for its lock
    return known;
  }
  const run: StepRun = {
    step,
    scope,
    round: roundOf(scope, step),
    leftAt: null,
    jumps: 0,
    status: 'QUEUED',
    attempt: 0,
    startedAt,
    endedAt: null,
    output: null,
    error: null,
    input: undefined,
    marker: undefined,
    chosen: null,
    withdrawn: false,
    passedOver: false,
    waiting: null,
    child: null,
    lock: null,
    waitsFrom: 0,
    signal: null,
    timedOption: null,
    timer: null,
    inner: [],
    items: { opened: 0, succeeded: 0, failed: 0 },
    parked: null,
    itemList: undefined,
    detached: null,
    added: { items: [], closed: false },
    arrivals: null,
    took: null,
    endOrder: 0,
  };
  scope.runs.set(step.index, run);
  return run;
}
