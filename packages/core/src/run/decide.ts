/**
 * The rules of an execution: what follows from what has happened. Pure: the time comes with the input, ids and chance with
 * the `Entropy`, and the answer is events (already applied to the state) and effects (not yet carried out).
 */
import type { Plan } from '../definition/plan.ts';
import { isJsonObject } from '../json.ts';
import { waitsForArrivals } from './arrivals.ts';
import { askHeld, beginStep, beginTry } from './begin.ts';
import { askAgain, callOverdue, childEnded, childResolved } from './children.ts';
import { completeScope, scopeAtRest } from './closing.ts';
import type { Adoption, AttemptOutcome, Effect, Entropy, RunContext, RunInput, RunsElsewhere } from './contract.ts';
import { type Decision, gateEffects, record, taskEffects, timerEffects } from './decision.ts';
import { startItems } from './detached.ts';
import type { RunEvent, RunKey } from './event.ts';
import { askToStart, cancelUnstarted, lockGranted, passOnLocks, turnedAway } from './gates.ts';
import { intervene } from './intervene.ts';
import { itemsDue, nextItems } from './items.ts';
import { lookAgain } from './look-again.ts';
import { failUnreachable } from './milestones.ts';
import { choose } from './options.ts';
import { isPausedBy, pause, scopeField, whyFields } from './pauses.ts';
import { beginRoots, isStopping } from './scope.ts';
import { endFailed, failStep, settleTry } from './settle.ts';
import { hearSignal, resumeWaits } from './signals.ts';
import {
  findRun,
  isAsking,
  isFinal,
  isTrying,
  keyOf,
  type RunState,
  type Scope,
  type StepRun,
  type Timer,
} from './state.ts';
import { stopScope } from './stop.ts';
import { offerAgain, taskClaimed, taskLost } from './tasks.ts';
import { timeoutError, waitOver } from './waits.ts';

export type Decided = {
  readonly events: readonly RunEvent[];
  readonly effects: readonly Effect[];
  /** There is more to follow up than one turn should hold: decide a `continue` soon. */
  readonly more: boolean;
};
type Input<Kind extends RunInput['kind']> = Extract<RunInput, { kind: Kind }>;
export type Surroundings = { readonly context: RunContext; readonly entropy: Entropy };

/** What this input leads to. An input that comes too late, or twice, leads to nothing. */
export function decide(plan: Plan, state: RunState, input: RunInput, around: Surroundings): Decided {
  const d = decision(plan, state, timeOf(state, input), around);
  if (state.endedAt === null) hear(d, input);
  return followUp(d);
}

/** A signal may have been received before what was decided last, and what follows from it does not happen before that. */
function timeOf({ startedAt, ended, signals }: RunState, input: RunInput): number {
  if (input.kind !== 'signal') return input.at;
  let at = Math.max(input.at, startedAt ?? 0, ended.lastAt);
  for (const run of signals.waiting) at = Math.max(at, run.startedAt ?? 0);
  return at;
}

/**
 * The effects that a state rebuilt from its journal still owes: tries that were under way when its owner died are handed out
 * again under the same key. A try that may run at most once is not: whether it had an effect is unknown. One that still runs
 * elsewhere is waited for.
 */
export function resume(
  plan: Plan,
  state: RunState,
  at: number,
  around: Surroundings,
  runsElsewhere: RunsElsewhere = nowhere,
): Decided {
  const d = decision(plan, state, at, around);
  // A task is a row of its own, which no process of ours takes with it.
  for (const scope of [...state.scopes.values()])
    for (const run of [...scope.runs.values()])
      if (isTrying(run) && !state.tasks.has(run) && !runsElsewhere(keyOf(run), run.attempt)) resumeTry(d, run);
  if (!state.paused) callsAgain(d);
  if (state.endedAt === null && state.status !== 'PENDING') lookAgain(d);
  return followUp(d);
}

const nowhere: RunsElsewhere = () => false;

/** Calls that had no answer: who was asked is gone, or was not heard during a pause. */
function callsAgain(d: Decision): void {
  for (const scope of [...d.state.scopes.values()])
    for (const run of [...scope.runs.values()]) if (isAsking(run)) askAgain(d, run);
}

/** Time never goes back in an execution, however the clocks of those who drive it and of the database differ. */
function decision(plan: Plan, state: RunState, now: number, { context, entropy }: Surroundings): Decision {
  const at = Math.max(now, state.lastAt);
  const tasks = [...state.backlog];
  return { plan, state, context, entropy, at, events: [], effects: [], tasks, reported: null, spent: 0, yields: false };
}

/** Follows everything up, until nothing more follows or it is another turn's. */
function followUp(d: Decision): Decided {
  let at = 0;
  let known = 0;
  while (true) {
    if (d.state.held.size > 0 && !d.state.paused) known = askHeld(d, known);
    if (at >= TASKS_PER_TURN || d.spent >= STEPS_PER_TURN || d.yields) break;
    if (at >= d.tasks.length) {
      if (passOnLocks(d) || failUnreachable(d)) continue;
      break;
    }
    const task = d.tasks[at];
    at += 1;
    if (task === undefined || d.state.paused) continue; // `unpause` finds it again
    if (task.kind === 'begin') beginStep(d, task);
    else if (task.kind === 'detach') startItems(d, task.run);
    else if (task.kind === 'completed') completeScope(d, task.scope);
    else if (task.kind === 'next_items') nextItems(d, task.run);
    else scopeAtRest(d, task.scope);
  }
  if (at >= d.tasks.length) passOnLocks(d);
  d.state.backlog = d.tasks.slice(at);
  timerEffects(d);
  gateEffects(d);
  taskEffects(d);
  // A turn that ended early has not looked whether the steps at their milestones can still start.
  const more =
    d.state.backlog.length > 0 || (d.state.held.size > 0 && (at >= TASKS_PER_TURN || d.spent >= STEPS_PER_TURN));
  return { events: d.events, effects: d.effects, more };
}

/** So many steps of pure work are a few milliseconds: others get their turn, and progress is written. */
const TASKS_PER_TURN = 2_000;
/** What the expressions of one turn may cost, and the last of them exceed: some 50 ms on a slow machine. */
const STEPS_PER_TURN = 50_000;

function hear(d: Decision, input: RunInput): void {
  switch (input.kind) {
    case 'start':
      return start(d, input.adopt);
    case 'attempt_ended':
      return attemptEnded(d, input.key, input.attempt, input.outcome);
    case 'attempt_lost':
      return attemptLost(d, input.key, input.attempt);
    case 'task_claimed':
      return taskClaimed(d, input);
    case 'task_lost':
      return taskLost(d, input);
    case 'timer':
      return timerFired(d, d.state.timers.get(input.timer));
    case 'signal':
      return hearSignal(d, input);
    case 'child_resolved':
      return childResolved(d, input.key, input.answer);
    case 'child_ended':
      return childEnded(d, input);
    case 'cancel':
      return cancel(d, input);
    case 'pause':
      return pause(d, input);
    case 'resume':
      return unpause(d, input);
    case 'granted':
      return input.key === undefined ? begin(d) : lockGranted(d, input.key);
    case 'turned_away':
      return turnedAway(d, input.code);
    case 'intervene':
      return intervene(d, input);
    case 'continue':
      return; // the backlog is what there is to do
  }
}

function start(d: Decision, adopt: Adoption | undefined): void {
  if (d.state.status !== 'PENDING') return;
  // Before anything may hold the start back: it is heard again after a restart, and what it adopts is in the journal by then.
  if (adopt !== undefined && d.state.adopted === null)
    record(d, { e: 'adopted', at: d.at, of: adopt.of, n: adopt.events.length, ev: adopt.events });
  // Paused: `unpause` starts it. Asked already: the gate does.
  if (d.state.paused || d.state.slot !== null) return;
  if (d.plan.concurrency === null) begin(d);
  else askToStart(d, d.plan.concurrency);
}

function begin(d: Decision): void {
  if (d.state.status !== 'PENDING') return;
  recordStart(d);
  if (d.state.adopted === null) beginRoots(d, d.state.top);
  else lookAgain(d);
}

function recordStart(d: Decision): void {
  const vars = d.context.outside?.['vars'];
  record(d, { e: 'started', at: d.at, ...(isJsonObject(vars) ? { v: vars } : {}) });
}

function attemptEnded(d: Decision, key: RunKey, attempt: number, outcome: AttemptOutcome): void {
  const run = findRun(d.plan, d.state, key);
  // A try that was given up, or reported twice, is late news.
  if (run === undefined || !isTrying(run) || run.attempt !== attempt) return;
  d.reported = { key, attempt };
  settleTry(d, run, outcome);
}

function attemptLost(d: Decision, key: RunKey, attempt: number): void {
  const run = findRun(d.plan, d.state, key);
  if (run !== undefined && isTrying(run) && run.attempt === attempt) resumeTry(d, run);
}

/** With the last pause gone it goes on as if no time had passed: what came due meanwhile is due now. */
function unpause(d: Decision, { scope, by }: Input<'resume'>): void {
  if (!isPausedBy(d, scope)) return;
  const fields = { ...scopeField(scope), ...whyFields({ by }) };
  if (d.state.pauses.length > 1 || d.state.status === 'PENDING') {
    record(d, { e: 'resumed', at: d.at, ...fields });
    return start(d, undefined);
  }
  resumeWaits(d, fields);
  for (const timer of [...d.state.timers.values()]) timerFired(d, timer);
  callsAgain(d);
  offerAgain(d);
  lookAgain(d);
}

function timerFired(d: Decision, timer: Timer | undefined): void {
  if (timer === undefined || d.at < timer.due) return;
  if (d.state.paused && timer.kind === 'step') return; // kept, see `unpause`
  switch (timer.kind) {
    case 'execution_timeout':
      return stopScope(d, d.state.top, {
        to: 'FAILED',
        error: { code: 'execution_timeout', message: `The execution did not end within ${d.plan.timeoutMs} ms.` },
      });
    case 'grace':
      return graceOver(d, timer.scope);
    case 'step':
      return stepDue(d, timer.run, timer.due);
  }
}

function stepDue(d: Decision, run: StepRun, due: number): void {
  if (run.waiting === 'retry_backoff') return beginTry(d, run.scope, run.step, run.attempt + 1);
  if (run.waiting === 'child' || isAsking(run)) return callOverdue(d, run);
  const error = timeoutError(run);
  if (run.waiting !== null)
    return run.step.work.kind === 'wait' ? waitOver(d, run, due) : choose(d, run, run.timedOption);
  if (run.step.work.kind === 'for_each') return itemsDue(d, run, run.step.work);
  const open = run.inner.filter(({ closed }) => !closed);
  for (const inner of open) stopScope(d, inner, { to: 'FAILED', error });
  // A block that runs for its arrivals may be waiting for the next of them.
  if (open.length === 0 && waitsForArrivals(run)) failStep(d, run, error);
}

/** Tries that were asked to stop have not reported in time: whether they had an effect is not known. */
function graceOver(d: Decision, scope: Scope): void {
  for (const run of [...openRuns(scope)].filter(isTrying)) {
    endFailed(d, run, { code: 'aborted', message: 'The attempt was stopped and did not report.', step: run.step.id });
  }
}

function* openRuns(scope: Scope): Generator<StepRun> {
  for (const run of scope.runs.values()) {
    if (isFinal(run.status)) continue;
    yield run;
    for (const inner of run.inner) yield* openRuns(inner);
  }
}

function cancel(d: Decision, { reason, by }: Input<'cancel'>): void {
  if (d.state.stop !== null) return;
  for (const { scope } of d.state.pauses) record(d, { e: 'resumed', at: d.at, ...scopeField(scope) });
  if (d.state.status === 'PENDING' && d.state.slot === null) recordStart(d);
  record(d, { e: 'cancel_requested', at: d.at, ...whyFields({ reason, by }) });
  const message =
    reason === undefined || reason === '' ? 'The execution was cancelled.' : `The execution was cancelled: ${reason}`;
  const error = { code: 'cancelled', message };
  if (d.state.status === 'PENDING') return cancelUnstarted(d, error);
  stopScope(d, d.state.top, { to: 'CANCELLED', error });
}

function resumeTry(d: Decision, run: StepRun): void {
  const { work } = run.step;
  if (isStopping(d, run.scope)) {
    return settleTry(d, run, {
      error: { code: 'aborted', message: 'The attempt ended with its process.', retryable: false },
    });
  }
  if (work.kind === 'action' && work.delivery === 'at_most_once') {
    const message = 'The process ended during the attempt; it may have had its effect, and is not repeated.';
    return settleTry(d, run, { error: { code: 'outcome_unknown', message, retryable: false } });
  }
  beginTry(d, run.scope, run.step, run.attempt, { again: true });
}
