/** `for_each`: one instance of its block for each item, so many at a time. */
import type { Work } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { allArrive, instanceArrives } from './arrivals.ts';
import { DEEPEST, tooDeep } from './children.ts';
import { type Decision, type Place, record } from './decision.ts';
import type { StepError } from './event.ts';
import { lookInside } from './look-again.ts';
import { badField, type Failures, itemSignalsAmong } from './matching.ts';
import { blockOutput, ownScopes } from './output.ts';
import { hasFailed, isStopping, keyIn, lingeringCompleted, openInstance } from './scope.ts';
import { evaluate, evaluateCondition, itemsOf } from './scope-values.ts';
import { failStep, succeedStep } from './settle.ts';
import { isFinal, keyOf, type Scope, type Signal, type StepRun } from './state.ts';
import { abandon, isAtRest, stopScope } from './stop.ts';
import { timeoutError } from './waits.ts';

type ForEach = Extract<Work, { kind: 'for_each' }>;

export function beginForEach(d: Decision, place: Place, work: ForEach): void {
  const { scope, step } = place;
  if (!work.wait && d.context.depth >= DEEPEST) return failStep(d, place, tooDeep());
  const items = evaluate(d, scope, work.items);
  if ('error' in items) return failStep(d, place, items.error);
  if (!Array.isArray(items.value)) {
    const message = `items must be a list, but is ${JSON.stringify(items.value)?.slice(0, 80)}.`;
    return failStep(d, place, { code: 'expression_error', message });
  }
  const list = items.value as readonly Json[];
  if (list.length === 0 && work.adds === null) return succeedStep(d, place, []);
  const failures: Failures = { first: undefined };
  const kept = itemSignalsAmong(d, place, { signals: d.state.signals.kept.values(), failures });
  const until = step.timeoutMs === null ? {} : { until: d.at + step.timeoutMs };
  const recorded = work.recordItems ? { in: list } : {};
  record(d, { e: 'begun', ...keyIn(scope, step), at: d.at, ...until, ...recorded, ...badField(failures.first) });
  const run = scope.runs.get(step.index);
  if (run === undefined) return;
  run.itemList = [...list];
  if (work.wait) takeKept(d, run, kept);
  else d.tasks.push({ kind: 'detach', run });
}

/** Takes what was kept for it, all before any of the items begins. */
export function takeKept(d: Decision, run: StepRun, signals: readonly Signal[]): void {
  for (const { number } of signals) record(d, { e: 'taken', ...keyOf(run), at: d.at, g: number });
  itemsAdded(d, run);
}

/** A signal added items, or said that no more come. */
export function itemsAdded(d: Decision, run: StepRun): void {
  if (run.step.work.kind === 'for_each') proceed(d, run, run.step.work);
}

/** False while it is failing: what comes then is kept, though nobody may take it any more. */
export function takesItems(d: Decision, run: StepRun, work: ForEach): boolean {
  return !isStopping(d, run.scope) && !isOverFailed(run, work) && !isLate(d, run);
}

function isOverFailed({ items }: StepRun, { maxFailures }: ForEach): boolean {
  return maxFailures !== null && items.failed > maxFailures;
}

/** Its time is over: the items that run are being stopped, and no others begin. */
function isLate({ at }: Decision, { step: { timeoutMs }, startedAt }: StepRun): boolean {
  return timeoutMs !== null && startedAt !== null && at >= startedAt + timeoutMs;
}

/** The time of the step is over: its items stop, and the last of them to rest ends it. */
export function itemsDue(d: Decision, run: StepRun, work: ForEach): void {
  const error = timeoutError(run);
  for (const item of ownScopes(d.plan, run)) if (!item.closed) stopScope(d, item, { to: 'FAILED', error });
  if (openCount(run) === 0) goOn(d, run, work);
}

/** Begins what may begin; ends the step when there is nothing left to do and nothing more can come. */
function proceed(d: Decision, run: StepRun, work: ForEach): void {
  const { length } = itemsOf(d, run);
  if (work.adds !== null && length > MOST_ITEMS) {
    const message = `The step has ${length} items, of which signals added ${run.added.items.length}; it may have ${MOST_ITEMS}.`;
    return failStep(d, run, { code: 'items_limit', message });
  }
  fill(d, run, work);
  const mayGrow = work.adds !== null && work.adds.closedBy !== null && !run.added.closed;
  if (!mayGrow && openCount(run) === 0 && run.items.opened === length) complete(d, run, work);
}

/** What signals may make of a list: without a bound, who sends them could fill the memory. */
const MOST_ITEMS = 100_000;

/** Opens as many of the next items as may run at the same time. */
function fill(d: Decision, run: StepRun, { concurrency }: ForEach): void {
  const total = itemsOf(d, run).length;
  while (openCount(run) < concurrency) {
    const parked = run.parked?.values().next().value;
    if (parked !== undefined) goOnWith(d, run, parked);
    else if (run.items.opened < total) openInstance(d, run, 'item', run.items.opened);
    else return;
  }
}

function openCount({ items, parked }: StepRun): number {
  return items.opened - items.succeeded - items.failed - (parked?.size ?? 0);
}

/** The turn of an adopted item has come: what is left of it begins. */
function goOnWith(d: Decision, run: StepRun, item: Scope): void {
  record(d, { e: 'opened', ...keyOf(run), at: d.at, b: 'item', i: item.index ?? 0 });
  lookInside(d, item);
}

/** Of a for_each that was adopted in part: the items that were not, as many as may run. */
export function nextItems(d: Decision, run: StepRun): void {
  if (!isFinal(run.status) && !isStopping(d, run.scope) && run.step.work.kind === 'for_each')
    goOn(d, run, run.step.work);
}

/** All steps of an item have ended. */
export function itemCompleted(d: Decision, item: Scope): void {
  const { owner } = item;
  if (owner === null || owner.step.work.kind !== 'for_each') return;
  if (isFinal(owner.status)) return lingeringCompleted(d, owner);
  if (!hasFailed(owner)) instanceArrives(d, item);
  goOn(d, owner, owner.step.work);
}

/** An item has failed and come to rest: forgiven, or the end of the step. */
export function itemAtRest(d: Decision, item: Scope, error: StepError): void {
  const { owner, index } = item;
  if (owner === null || index === null || item.closed || owner.step.work.kind !== 'for_each') return;
  const { work } = owner.step;
  record(d, { e: 'item_failed', ...keyOf(owner), at: d.at, i: index, err: error });
  if (isFinal(owner.status)) return lingeringCompleted(d, owner);
  if (!isOverFailed(owner, work)) return goOn(d, owner, work);
  stopOthers(d, owner, error);
}

/** More items failed than are forgiven: the others stop, and the last of them to rest ends the step. */
function stopOthers(d: Decision, owner: StepRun, error: StepError): void {
  const open = ownScopes(d.plan, owner).filter((scope) => !scope.closed);
  for (const scope of open) if (scope.stopping === null) stopScope(d, scope, { to: 'FAILED', error });
  if (open.every(isAtRest) && !hasFailed(owner)) failStep(d, owner, error);
}

function goOn(d: Decision, owner: StepRun, work: ForEach): void {
  if (hasFailed(owner) || isOverFailed(owner, work)) return; // its handler runs, or it is stopping
  if (isLate(d, owner)) return openCount(owner) === 0 ? failStep(d, owner, timeoutError(owner)) : undefined;
  const enough = isEnough(d, owner, work);
  if ('error' in enough) return failStep(d, owner, enough.error);
  if (enough.value) return complete(d, owner, work);
  proceed(d, owner, work);
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
  allArrive(d, owner);
  if (work.remaining === 'cancel') abandon(d, owner);
  succeedStep(d, owner, results);
}

/** In the order of the items; null where an item failed or has not ended. */
export function resultsOf(d: Decision, owner: StepRun): Json {
  if (owner.detached !== null) return [...owner.detached];
  const results: Json[] = Array.from({ length: itemsOf(d, owner).length }, () => null);
  for (const scope of ownScopes(d.plan, owner)) {
    if (scope.index !== null && scope.closed && !scope.failed) results[scope.index] = blockOutput(d.plan, scope);
  }
  return results;
}
