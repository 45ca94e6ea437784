/** Blocks open here: their instances, what begins in them, and whether anything may. */
import type { PlanStep } from '../definition/plan.ts';
import { scopePath } from './apply.ts';
import { type Decision, record } from './decision.ts';
import type { ArrivalKey, RunKey, StepError } from './event.ts';
import { isComplete, isFinal, keyOf, roundOf, type Scope, type StepRun } from './state.ts';

export function keyIn(scope: Scope, step: PlanStep): RunKey {
  const key = scope.path === '' ? { s: step.id } : { s: step.id, p: scope.path };
  const round = scope.past === null ? 0 : roundOf(scope, step);
  return round === 0 ? key : { ...key, r: round };
}

/** Opens blocks under a run (null: `on_failure` or `on_cancel`), all before any of their steps begins. */
export function openBlock(d: Decision, owner: StepRun | null, names: readonly string[], more: More = {}): void {
  for (const b of names) open(d, owner, { b, ...more });
  for (const b of names) beginOpened(d, scopePath(d.plan, owner, b));
}

/** The error that it handles; when the time of its step is over. */
type More = { readonly err?: StepError; readonly until?: number };

/** Opens one round of a loop, one item of a for_each, or one run of a block (`body`) for these arrivals. */
export function openInstance(
  d: Decision,
  owner: StepRun,
  b: 'round' | 'item' | 'body',
  i: number,
  f?: readonly ArrivalKey[],
): void {
  open(d, owner, { b, i, ...(f === undefined ? {} : { f }) });
  beginOpened(d, scopePath(d.plan, owner, i));
}

type Opening = More & { readonly b: string; readonly i?: number; readonly f?: readonly ArrivalKey[] };

function open(d: Decision, owner: StepRun | null, what: Opening): void {
  record(d, { e: 'opened', ...(owner === null ? {} : keyOf(owner)), at: d.at, ...what });
}

function beginOpened(d: Decision, path: string): void {
  const scope = d.state.scopes.get(path);
  if (scope !== undefined) beginRoots(d, scope);
}

/** The steps of a block that depend on nothing begin; a block without steps is completed. */
export function beginRoots(d: Decision, scope: Scope): void {
  if (isComplete(scope)) d.tasks.push({ kind: 'completed', scope });
  for (const index of d.plan.blocks[scope.block]?.steps ?? []) {
    const step = d.plan.steps[index];
    if (step !== undefined && step.dependsOn.length === 0) d.tasks.push({ kind: 'begin', scope, step });
  }
}

/** A block that nothing waited for has ended: what is around its step may be complete now. */
export function lingeringCompleted(d: Decision, owner: StepRun): void {
  if (isComplete(owner.scope)) d.tasks.push({ kind: 'completed', scope: owner.scope });
}

/** True when nothing may begin in this scope: it or one around it is stopping. Undoing and last steps stand apart. */
export function isStopping(d: Decision, scope: Scope): boolean {
  for (let each: Scope | null = scope; each !== null; each = each.parent) {
    if (each.stopping !== null) return true;
    if (standsApart(d, each)) return false;
  }
  return false;
}

/** True of the blocks that run while the top block is stopping or has stopped. */
export function standsApart(d: Pick<Decision, 'plan'>, scope: Scope): boolean {
  const kind = d.plan.blocks[scope.block]?.kind;
  return kind === 'compensation' || kind === 'on_failure' || kind === 'on_cancel';
}

/** True once the failure of its blocks has been taken up, by its end or by its handler. */
export function hasFailed(owner: StepRun): boolean {
  const { onError } = owner.step;
  return (
    isFinal(owner.status) || (onError.kind === 'handler' && owner.inner.some((inner) => inner.block === onError.block))
  );
}
