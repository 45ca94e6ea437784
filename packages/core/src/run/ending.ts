/** The last part of an execution that failed or was cancelled: undo, then `on_failure` or `on_cancel`, then the end. */
import { masked } from '../definition/sensitive.ts';
import type { Json } from '../json.ts';
import { type Decision, record } from './decision.ts';
import type { FinalStatus, StepError } from './event.ts';
import { openBlock, standsApart } from './scope.ts';
import { isFinal, type Scope, type StepRun } from './state.ts';
import { isAtRest } from './stop.ts';

/** A try that ended so may have had its effect: it is undone like one that succeeded, and not repeated if it may run once. */
const PERHAPS_DONE: ReadonlySet<string> = new Set(['timeout', 'network', 'aborted', 'outcome_unknown', 'worker_lost']);

/** A try that had its effect, and what it gave could not be read, kept, or made into the output. */
const AFTER_THE_EFFECT: ReadonlySet<string> = new Set([
  'response_invalid',
  'response_too_large',
  'output_too_large',
  'output_invalid',
  'expression_error',
  'expression_too_expensive',
]);

/** Undoes the step that ended last among those not yet undone; when none is left, the last steps run. */
export function undoNext(d: Decision): void {
  if (isUndoing(d, null)) return;
  const next = d.state.ended.undoable.findLast((run) => isToUndo(d, run));
  if (next === undefined) return lastSteps(d);
  if (d.state.phase !== 'compensating') record(d, { e: 'phase', at: d.at, phase: 'compensating' });
  openBlock(d, next, ['compensate']);
}

/** The same inside a block that failed and has a handler with `compensate`: then the handler opens. */
export function undoInside(d: Decision, owner: StepRun, err: StepError): void {
  if (isUndoing(d, owner)) return;
  const next = d.state.ended.undoable.findLast((run) => isToUndo(d, run) && isInside(run.scope, owner));
  if (next === undefined) openBlock(d, owner, ['error'], { err });
  else openBlock(d, next, ['compensate']);
}

/** A compensation is over, well or badly: the next, of the whole or of the block that is being undone. */
export function undone(d: Decision, { owner }: Scope): void {
  const { state } = d;
  if (state.stop !== null) return undoNext(d);
  for (let scope = owner?.scope ?? null; scope !== null; scope = scope.parent) {
    const around = scope.owner;
    const error = scope.stopping?.error;
    if (around !== null && error && !isFinal(around.status) && isAtRest(scope)) return undoInside(d, around, error);
  }
}

function isInside(scope: Scope, owner: StepRun): boolean {
  for (let each: Scope | null = scope; each !== null; each = each.parent) if (each.owner === owner) return true;
  return false;
}

/** One after the other: whoever ends one, asks for the next. */
function isUndoing({ plan, state }: Decision, within: StepRun | null): boolean {
  for (const scope of state.scopes.values()) {
    const { owner } = scope;
    if (plan.blocks[scope.block]?.kind !== 'compensation' || scope.closed || owner === null) continue;
    if (!state.failedCompensations.has(owner) && (within === null || isInside(scope, within))) return true;
  }
  return false;
}

function isToUndo(d: Decision, run: StepRun): boolean {
  const { compensation } = run.step;
  if (compensation === null || run.inner.some((inner) => inner.block === compensation)) return false;
  return isDone(run) && isOfTheRun(d, run.scope) && !isUndoneByItsBlock(run.scope);
}

/** A child that did not complete has undone itself. */
function isDone({ status, error, attempt, step: { work } }: StepRun): boolean {
  if (status !== 'FAILED' || error === null) return status === 'SUCCESS';
  if (work.kind === 'sub_workflow') return error.details?.['status'] === 'COMPLETED';
  return isPerhapsDone(error) || (attempt > 0 && AFTER_THE_EFFECT.has(error.code));
}

export function isPerhapsDone({ code }: { readonly code: string }): boolean {
  return PERHAPS_DONE.has(code);
}

/** Steps that undo, and the last steps, are not undone themselves. */
function isOfTheRun(d: Decision, scope: Scope): boolean {
  for (let each: Scope | null = scope; each !== null; each = each.parent) if (standsApart(d, each)) return false;
  return true;
}

/** A block that succeeded and has its own compensation is undone by that alone. */
function isUndoneByItsBlock(scope: Scope): boolean {
  for (let each: Scope | null = scope; each !== null; each = each.parent) {
    if (each.owner !== null && each.owner.status === 'SUCCESS' && each.owner.step.compensation !== null) return true;
  }
  return false;
}

function lastSteps(d: Decision): void {
  const { plan, state } = d;
  const name = state.stop?.to === 'CANCELLED' ? 'on_cancel' : 'on_failure';
  const block = name === 'on_cancel' ? plan.onCancel : plan.onFailure;
  if (block === null) return endExecution(d);
  record(d, { e: 'phase', at: d.at, phase: name });
  const { error = null } = state.stop ?? {};
  openBlock(d, null, [name], error === null ? {} : { err: error });
}

/** Ends as `stop` says, unless an end is given. */
export function endExecution(d: Decision, given?: { readonly status: FinalStatus; readonly output: Json }): void {
  if (d.state.endedAt !== null) return;
  const status = given?.status ?? d.state.stop?.to ?? 'FAILED';
  const error = given === undefined ? withFailedCompensations(d, d.state.stop?.error ?? null) : null;
  d.tasks.length = 0; // nothing begins after the end
  record(d, { e: 'ended', at: d.at, st: status, ...(error === null ? {} : { err: error }) });
  const { output = null } = given ?? {};
  d.effects.push({ kind: 'end', status, output: output !== null && d.plan.hidesOutput ? masked : output, error });
}

function withFailedCompensations(d: Decision, error: StepError | null): StepError | null {
  const { failedCompensations } = d.state;
  if (error === null || failedCompensations.size === 0) return error;
  const list = [...failedCompensations].map(([run, { code, message }]) => ({ step: run.step.id, code, message }));
  return { ...error, details: { ...error.details, compensation_failed: list } };
}
