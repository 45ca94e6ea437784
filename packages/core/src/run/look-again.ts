/**
 * What is still to be followed up, found in the state alone: after a crash in the middle of a long stretch of pure work, and
 * when a paused execution goes on. Finding too much does no harm, each follow-up looks whether it is still due.
 */
import type { PlanStep } from '../definition/plan.ts';
import { joinOfArrivals } from './arrivals.ts';
import type { Decision } from './decision.ts';
import { mayBegin } from './gates.ts';
import { isStopping } from './scope.ts';
import { isComplete, isDetaching, isFinal, isParked, type Scope } from './state.ts';
import { isAtRest } from './stop.ts';

export function lookAgain(d: Decision): void {
  for (const scope of [...d.state.scopes.values()]) if (!standsInParked(scope)) look(d, scope);
  for (const { scope, step } of d.state.held) d.tasks.push({ kind: 'begin', scope, step });
  undoAgain(d);
}

/** The same in one block and those inside it. */
export function lookInside(d: Decision, scope: Scope): void {
  look(d, scope);
  if (isParked(scope)) return;
  for (const run of scope.runs.values()) for (const inner of run.inner) lookInside(d, inner);
}

function look(d: Decision, scope: Scope): void {
  if (scope.stopping !== null) {
    if (isAtRest(scope)) d.tasks.push({ kind: 'at_rest', scope });
  } else if (isParked(scope)) {
    if (scope.owner !== null && isFirstParked(scope)) d.tasks.push({ kind: 'next_items', run: scope.owner });
  } else if (isComplete(scope)) {
    if (isUnanswered(d, scope)) d.tasks.push({ kind: 'completed', scope });
  } else if (!scope.closed && !isStopping(d, scope)) {
    beginAgain(d, scope);
  }
}

function isFirstParked({ owner, index }: Scope): boolean {
  return owner?.parked?.keys().next().value === index;
}

function standsInParked({ parent }: Scope): boolean {
  for (let each = parent; each !== null; each = each.parent) if (isParked(each)) return true;
  return false;
}

function beginAgain(d: Decision, scope: Scope): void {
  for (const index of d.plan.blocks[scope.block]?.steps ?? []) {
    const step = d.plan.steps[index];
    const run = scope.runs.get(index);
    if (run !== undefined && isDetaching(run)) d.tasks.push({ kind: 'detach', run });
    if (step !== undefined && (run === undefined || mayBegin(run) || mayRunAgain(step, scope)))
      d.tasks.push({ kind: 'begin', scope, step });
  }
}

/** A block that runs for each of its arrivals: some may not have been taken up. */
function mayRunAgain(step: PlanStep, scope: Scope): boolean {
  return joinOfArrivals(step) !== null && !isFinal(scope.runs.get(step.index)?.status ?? 'QUEUED');
}

/** A complete block whose step (or execution) has not ended, and has not gone on to another round. */
function isUnanswered(d: Decision, { block, owner, index }: Scope): boolean {
  const kind = d.plan.blocks[block]?.kind;
  if (kind === 'compensation') return false;
  if (owner === null) return d.state.endedAt === null;
  return !isFinal(owner.status) && (kind !== 'round' || index === owner.items.opened - 1);
}

/** Between two compensations: the next is opened by the end of the one before. One that is long over opens nothing. */
function undoAgain(d: Decision): void {
  const last = [...d.state.scopes.values()].findLast((scope) => d.plan.blocks[scope.block]?.kind === 'compensation');
  const isOver =
    last !== undefined && (last.closed || (last.owner !== null && d.state.failedCompensations.has(last.owner)));
  if (isOver) d.tasks.push({ kind: 'completed', scope: last });
}
