/**
 * How blocks stop. A block that stops starts nothing more: waits are withdrawn, tries are asked to stop and have 10 seconds
 * to report. When it has come to rest, `closing.ts` takes it from there.
 */
import type { PlanStep } from '../definition/plan.ts';
import { type Decision, record } from './decision.ts';
import type { FinalStatus, StepError } from './event.ts';
import { isStopping, keyIn, standsApart } from './scope.ts';
import { isComplete, isFinal, isTrying, keyOf, type Scope, type StepRun } from './state.ts';

const GRACE_MS = 10_000;

export type Stop = { readonly to: FinalStatus; readonly error: StepError | null };

export function stopScope(d: Decision, scope: Scope, { to, error }: Stop): void {
  if (scope.stopping !== null) return;
  const grace = anyTrying(scope) ? { until: d.at + GRACE_MS } : {};
  const place = scope.path === '' ? {} : { p: scope.path };
  record(d, { e: 'stopping', ...place, at: d.at, to, ...(error === null ? {} : { err: error }), ...grace });
  haltRuns(d, scope);
  drain(d, scope);
}

function anyTrying(scope: Scope): boolean {
  for (const run of scope.runs.values()) {
    if (isTrying(run) || run.inner.some((inner) => !inner.closed && anyTrying(inner))) return true;
  }
  return false;
}

function haltRuns(d: Decision, scope: Scope): void {
  for (const run of [...scope.runs.values()]) {
    if (!isFinal(run.status)) haltRun(d, run);
    else for (const inner of run.inner) if (inner.lingers) haltRuns(d, inner);
  }
}

function haltRun(d: Decision, run: StepRun): void {
  if (isTrying(run)) {
    stopTry(d, run);
  } else if (isCancelledWith(run)) {
    recall(d, run, null);
  } else {
    for (const inner of run.inner) if (!inner.closed) haltRuns(d, inner);
    if (run.inner.every((inner) => inner.closed || isAtRest(inner))) endHalted(d, run);
  }
}

/** Whoever runs the try is asked to stop. A task that nobody has taken waits like anything else, and is withdrawn with its run. */
function stopTry(d: Decision, run: StepRun): void {
  const { attempt } = run;
  if (d.state.tasks.has(run)) d.effects.push({ kind: 'withdraw_task', key: keyOf(run), attempt, how: 'ask' });
  else d.effects.push({ kind: 'abort', key: keyOf(run), attempt });
}

/** True while it waits for a child that is not to outlive it. */
function isCancelledWith({ waiting, step: { work } }: StepRun): boolean {
  return waiting === 'child' && work.kind === 'sub_workflow' && work.onCancel === 'cancel';
}

/**
 * Tells the child of this run to cancel. The run ends when the child has: it undoes its own work first, for as long as that
 * takes, so that nothing around it is undone before.
 */
export function recall(d: Decision, run: StepRun, error: StepError | null): void {
  if (run.child === null || run.child.recalled !== null) return;
  record(d, { e: 'recalled', ...keyOf(run), at: d.at, ...(error === null ? {} : { err: error }) });
  cancelChild(d, run.child.id);
}

function cancelChild(d: Decision, executionId: string): void {
  const reason = `the execution ${d.context.executionId} that started it does not need it any more`;
  d.effects.push({ kind: 'cancel_child', executionId, reason });
}

/** What has failed, and waits for its next try or for its handler, stays failed: its last try may have had an effect. */
function endHalted(d: Decision, run: StepRun): void {
  if (run.error === null) record(d, { e: 'skipped', ...keyOf(run), at: d.at, w: true });
  else record(d, { e: 'failed', ...keyOf(run), at: d.at, err: run.error });
}

export function isAtRest(scope: Scope): boolean {
  for (const run of scope.runs.values()) {
    if (!isFinal(run.status)) return false;
    if (scope.lingering > 0 && run.inner.some((inner) => inner.lingers && !isAtRest(inner))) return false;
  }
  return true;
}

/** Something in a stopping block has ended: from the inside out, what holds nothing open any more ends too. */
export function drain(d: Decision, from: Scope): void {
  let scope = from;
  while (isAtRest(scope)) {
    if (scope.stopping !== null) {
      d.tasks.push({ kind: 'at_rest', scope });
      return;
    }
    const { owner } = scope;
    if (owner === null) return;
    if (isFinal(owner.status)) {
      if (standsApart(d, scope)) return;
      scope = owner.scope; // nothing waited for it but the end of what is around
      continue;
    }
    if (!owner.inner.every((inner) => inner.closed || isAtRest(inner))) return;
    endHalted(d, owner);
    scope = owner.scope;
  }
}

/** Takes a step out of the execution: what it does is stopped, what it leads to need not wait for it. */
export function withdraw(d: Decision, scope: Scope, step: PlanStep): void {
  const run = scope.runs.get(step.index);
  if (run !== undefined) abandon(d, run);
  record(d, { e: 'skipped', ...keyIn(scope, step), at: d.at, w: true });
  stepEnded(d, scope, step);
}

/** Asks every try and child of the run and of its blocks to stop, and does not wait for them. */
export function abandon(d: Decision, run: StepRun): void {
  if (isTrying(run)) stopTry(d, run);
  if (isCancelledWith(run) && run.child !== null && run.child.recalled === null) cancelChild(d, run.child.id);
  for (const inner of run.inner) {
    if (inner.closed || (isFinal(run.status) && !inner.lingers)) continue; // what undoes it goes on
    for (const each of [...inner.runs.values()]) {
      abandon(d, each);
      if (!isFinal(each.status)) record(d, { e: 'skipped', ...keyOf(each), at: d.at, w: true });
    }
  }
}

/** What follows from the end of a step: its dependents, the end of its block, or that a stopping block comes to rest. */
export function stepEnded(d: Decision, scope: Scope, step: PlanStep): void {
  if (isStopping(d, scope)) return drain(d, scope);
  for (const index of step.dependents) {
    const dependent = d.plan.steps[index];
    if (dependent !== undefined) d.tasks.push({ kind: 'begin', scope, step: dependent });
  }
  if (isComplete(scope)) d.tasks.push({ kind: 'completed', scope });
}
