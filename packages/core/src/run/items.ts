/** `for_each`: one instance of its block for each item, so many at a time. */
import type { Work } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { type Decision, type Place, record } from './decision.ts';
import type { StepError } from './event.ts';
import { blockOutput, ownScopes } from './output.ts';
import { keyIn, lingeringCompleted, openInstance } from './scope.ts';
import { evaluate, evaluateCondition, itemsOf } from './scope-values.ts';
import { failStep, succeedStep } from './settle.ts';
import { isFinal, keyOf, type Scope, type StepRun } from './state.ts';
import { abandon, isAtRest, stopScope } from './stop.ts';

type ForEach = Extract<Work, { kind: 'for_each' }>;

export function beginForEach(d: Decision, place: Place, work: ForEach): void {
  const { scope, step } = place;
  const items = evaluate(d, scope, work.items);
  if ('error' in items) return failStep(d, place, items.error);
  if (!Array.isArray(items.value)) {
    const message = `items must be a list, but is ${JSON.stringify(items.value)?.slice(0, 80)}.`;
    return failStep(d, place, { code: 'expression_error', message });
  }
  const list = items.value as readonly Json[];
  if (list.length === 0) return succeedStep(d, place, []);
  const until = step.timeoutMs === null ? {} : { until: d.at + step.timeoutMs };
  record(d, { e: 'begun', ...keyIn(scope, step), at: d.at, ...until, ...(work.recordItems ? { in: list } : {}) });
  const run = scope.runs.get(step.index);
  if (run === undefined) return;
  run.itemList = list;
  fill(d, run, work);
}

/** Opens as many of the next items as may run at the same time. */
function fill(d: Decision, run: StepRun, { concurrency }: ForEach): void {
  const total = itemsOf(d, run).length;
  while (run.items.opened < total && openCount(run) < concurrency) openInstance(d, run, 'item', run.items.opened);
}

function openCount({ items }: StepRun): number {
  return items.opened - items.succeeded - items.failed;
}

/** All steps of an item have ended. */
export function itemCompleted(d: Decision, item: Scope): void {
  const { owner } = item;
  if (owner === null || owner.step.work.kind !== 'for_each') return;
  if (isFinal(owner.status)) lingeringCompleted(d, owner);
  else goOn(d, owner, owner.step.work);
}

/** An item has failed and come to rest: forgiven, or the end of the step. */
export function itemAtRest(d: Decision, item: Scope, error: StepError): void {
  const { owner, index } = item;
  if (owner === null || index === null || item.closed || owner.step.work.kind !== 'for_each') return;
  const { work } = owner.step;
  record(d, { e: 'item_failed', ...keyOf(owner), at: d.at, i: index, err: error });
  if (isFinal(owner.status)) return lingeringCompleted(d, owner);
  if (work.maxFailures === null || owner.items.failed <= work.maxFailures) return goOn(d, owner, work);
  stopOthers(d, owner, error);
}

/** More items failed than are forgiven: the others stop, and the last of them to rest ends the step. */
function stopOthers(d: Decision, owner: StepRun, error: StepError): void {
  const open = ownScopes(d.plan, owner).filter((scope) => !scope.closed);
  for (const scope of open) if (scope.stopping === null) stopScope(d, scope, { to: 'FAILED', error });
  if (open.every(isAtRest) && !isFinal(owner.status) && !owner.inner.some((scope) => isHandler(owner, scope))) {
    failStep(d, owner, error);
  }
}

function isHandler({ step: { onError } }: StepRun, scope: Scope): boolean {
  return onError.kind === 'handler' && scope.block === onError.block;
}

function goOn(d: Decision, owner: StepRun, work: ForEach): void {
  if (work.maxFailures !== null && owner.items.failed > work.maxFailures) return; // it is stopping
  const enough = isEnough(d, owner, work);
  if ('error' in enough) return failStep(d, owner, enough.error);
  if (enough.value) return complete(d, owner, work);
  fill(d, owner, work);
  if (openCount(owner) === 0 && owner.items.opened === itemsOf(d, owner).length) complete(d, owner, work);
}

function isEnough(d: Decision, owner: StepRun, work: ForEach) {
  if (work.completeWhen === null) return { value: false };
  const { succeeded, failed } = owner.items;
  const total = itemsOf(d, owner).length;
  const counts: Readonly<Record<string, Json>> = { done: succeeded + failed, succeeded, failed, total };
  return evaluateCondition(d, owner.scope, work.completeWhen, {
    lookup: (name) =>
      name === 'results' ? resultsOf(d, owner) : Object.hasOwn(counts, name) ? counts[name] : undefined,
  });
}

function complete(d: Decision, owner: StepRun, work: ForEach): void {
  const results = resultsOf(d, owner);
  if (work.remaining === 'cancel') abandon(d, owner);
  succeedStep(d, owner, results);
}

/** In the order of the items; null where an item failed or has not ended. */
export function resultsOf(d: Decision, owner: StepRun): Json {
  const results: Json[] = Array.from({ length: itemsOf(d, owner).length }, () => null);
  for (const scope of ownScopes(d.plan, owner)) {
    if (scope.index !== null && scope.closed && !scope.failed) results[scope.index] = blockOutput(d.plan, scope);
  }
  return results;
}
