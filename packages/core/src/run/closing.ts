/** What the end of a block means for the step that holds it, and for the execution. */
import { unsaid } from '../definition/sensitive.ts';
import { arrivalCompleted } from './arrivals.ts';
import { caseCompleted } from './cases.ts';
import { type Decision, record } from './decision.ts';
import { endExecution, undoNext, undone } from './ending.ts';
import type { StepError } from './event.ts';
import { itemAtRest, itemCompleted } from './items.ts';
import { blockOutput, defaultOutput } from './output.ts';
import { roundCompleted } from './rounds.ts';
import { hasFailed } from './scope.ts';
import { bounded, evaluate } from './scope-values.ts';
import { endFailed, failStep } from './settle.ts';
import { isFinal, keyOf, type Scope, type StepRun } from './state.ts';
import { isAtRest, type Stop, stepEnded, stopScope } from './stop.ts';

/** All steps of a block have ended and none failed it. */
export function completeScope(d: Decision, scope: Scope): void {
  const { owner } = scope;
  switch (d.plan.blocks[scope.block]?.kind) {
    case 'top':
      return complete(d);
    case 'case':
      return caseCompleted(d, scope);
    case 'round':
      return roundCompleted(d, scope);
    case 'item':
      return itemCompleted(d, scope);
    case 'arrival':
      return arrivalCompleted(d, scope);
    case 'handler':
      return owner === null ? undefined : handled(d, owner, scope);
    case 'compensation':
      return undone(d, scope);
    case 'on_failure':
    case 'on_cancel':
      return endExecution(d);
    default:
      return;
  }
}

function handled(d: Decision, owner: StepRun, scope: Scope): void {
  if (isFinal(owner.status)) return;
  const output = blockOutput(d.plan, scope);
  const kept = owner.error === null ? {} : { err: owner.error };
  record(d, { e: 'succeeded', ...keyOf(owner), at: d.at, ...(output === null ? {} : { o: output }), ...kept });
  stepEnded(d, owner.scope, owner.step);
}

function complete(d: Decision): void {
  if (d.state.stop !== null) return;
  const { plan, state } = d;
  const output =
    plan.output === null
      ? bounded(defaultOutput(plan, state.top), 'output_too_large')
      : evaluate(d, state.top, plan.output);
  if ('error' in output) {
    const error = plan.hidesOutput ? { code: output.error.code, message: unsaid } : output.error;
    return stopScope(d, state.top, { to: 'FAILED', error });
  }
  endExecution(d, { status: 'COMPLETED', output: output.value });
}

/** A stopping block has come to rest. */
export function scopeAtRest(d: Decision, scope: Scope): void {
  if (scope.stopping === null) return;
  const { to, error } = scope.stopping;
  const { owner } = scope;
  switch (d.plan.blocks[scope.block]?.kind) {
    case 'top':
      if (d.state.phase === 'stopping') undoNext(d);
      return;
    case 'case':
    case 'round':
    case 'arrival':
      return blockAtRest(d, scope, { to, error });
    case 'item':
      return error === null ? undefined : itemAtRest(d, scope, error);
    case 'handler':
      if (owner !== null && !isFinal(owner.status) && error !== null) handlerFailed(d, owner, error);
      return;
    case 'compensation':
      if (owner === null || error === null || d.state.failedCompensations.has(owner)) return;
      record(d, { e: 'compensation_failed', ...keyOf(owner), at: d.at, err: error });
      return undone(d, scope);
    case 'on_failure':
    case 'on_cancel':
      return endExecution(d);
    default:
      return;
  }
}

function blockAtRest(d: Decision, scope: Scope, { to, error }: Stop): void {
  const { owner } = scope;
  if (owner === null || error === null) return;
  // A branch that nothing waited for has failed all the same: it fails the block that its step stood in.
  if (scope.lingers) return stopScope(d, owner.scope, { to, error });
  if (!hasFailed(owner)) failOwner(d, owner, { to, error });
}

/** One block of a step has failed: the others stop, and when all are at rest the step fails. */
function failOwner(d: Decision, owner: StepRun, stop: Stop & { error: StepError }): void {
  const others = owner.inner.filter((inner) => !inner.closed && inner.stopping === null);
  if (others.length > 0) {
    for (const other of others) stopScope(d, other, stop); // the last of them to rest comes back here
    return;
  }
  if (owner.inner.every((inner) => inner.closed || isAtRest(inner))) failStep(d, owner, stop.error);
}

function handlerFailed(d: Decision, owner: StepRun, error: StepError): void {
  const { error: cause } = owner;
  const why = cause === null ? {} : { cause: { code: cause.code, message: cause.message, step: cause.step ?? null } };
  endFailed(d, owner, { ...error, details: { ...error.details, ...why } });
}
