/**
 * A `block` that runs several times: once for each arrival, or once for each set of them. Arrivals queue at the block, each
 * dependency's in the order in which they came; what the block has taken of them is in the journal.
 */
import type { JoinOfArrivals, PlanStep } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { type Arrival, arrivalAt, arrivalValue } from './arrived.ts';
import { type Decision, type Place, record } from './decision.ts';
import type { ArrivalKey } from './event.ts';
import { blockOutput, ownScopes } from './output.ts';
import { hasFailed, isStopping, keyIn, lingeringCompleted, openInstance } from './scope.ts';
import { evaluateCondition } from './scope-values.ts';
import { failStep, succeedStep } from './settle.ts';
import { isFinal, keyOf, type Scope, type StepRun } from './state.ts';
import { stepEnded } from './stop.ts';

export function joinOfArrivals({ join }: PlanStep): JoinOfArrivals | null {
  return join.kind === 'each' || join.kind === 'sets' ? join : null;
}

/** Runs the block for what has arrived; ends the step when all has ended and nothing more can arrive. */
export function takeArrivals(d: Decision, place: Place, join: JoinOfArrivals): void {
  const { scope, step } = place;
  if (scope.closed || isStopping(d, scope)) return;
  for (let next = nextArrivals(place, join); next !== undefined; next = nextArrivals(place, join)) {
    if (!mayGoOn(scope.runs.get(step.index))) return;
    if (!runFor(d, place, next)) return;
  }
  endIfOver(d, place);
}

function mayGoOn(run: StepRun | undefined): boolean {
  return run === undefined || !(hasFailed(run) || anyStops(run));
}

/** Of very many runs that have ended, only those behind the first that is open are looked at. */
function anyStops(run: StepRun): boolean {
  let open = openCount(run);
  for (let at = run.inner.length - 1; open > 0 && at >= 0; at -= 1) {
    const inner = run.inner[at];
    if (inner === undefined || inner.closed) continue;
    if (inner.stopping !== null) return true;
    open -= 1;
  }
  return false;
}

function openCount({ items }: StepRun): number {
  return items.opened - items.succeeded - items.failed;
}

/** False when the step has failed by its `when`. */
function runFor(d: Decision, place: Place, arrivals: readonly ArrivalKey[]): boolean {
  const { scope, step } = place;
  if (!scope.runs.has(step.index)) {
    const until = step.timeoutMs === null ? {} : { until: d.at + step.timeoutMs };
    record(d, { e: 'begun', ...keyIn(scope, step), at: d.at, ...until });
  }
  const run = scope.runs.get(step.index);
  if (run === undefined) return false;
  const asked = step.when === null ? { value: true } : askWhen(d, run, arrivals);
  if ('error' in asked) {
    failStep(d, place, asked.error);
    return false;
  }
  if (asked.value) openInstance(d, run, 'body', run.items.opened, arrivals);
  else record(d, { e: 'passed', ...keyOf(run), at: d.at, f: arrivals });
  return true;
}

function askWhen(d: Decision, run: StepRun, arrivals: readonly ArrivalKey[]) {
  const { when } = run.step;
  if (when === null) return { value: true };
  const lookup = (name: string): Json | undefined =>
    name === 'arrival' ? arrivalValue(d, run, { index: run.items.opened, arrivals }) : undefined;
  return evaluateCondition(d, run.scope, when, { lookup });
}

/** One run of the block has ended without failing. */
export function arrivalCompleted(d: Decision, instance: Scope): void {
  const { owner } = instance;
  if (owner === null) return;
  if (isFinal(owner.status)) return lingeringCompleted(d, owner);
  if (hasFailed(owner)) return;
  instanceArrives(d, instance);
  const join = joinOfArrivals(owner.step);
  if (join !== null) takeArrivals(d, owner, join);
}

/** An item, or a run of a block, has succeeded: where a block runs for each of them, that is an arrival. */
export function instanceArrives(d: Decision, { owner, index, arrived, failed }: Scope): void {
  if (owner === null || index === null || arrived || failed) return;
  const waiting = takersOf(d, owner);
  if (waiting.length === 0) return;
  record(d, { e: 'arrived', ...keyOf(owner), at: d.at, i: index });
  for (const step of waiting) d.tasks.push({ kind: 'begin', scope: owner.scope, step });
}

/** The blocks that run for each item, or each run, of the step. */
function takersOf({ plan }: Decision, { step }: StepRun): readonly PlanStep[] {
  return step.dependents.flatMap((each) => {
    const taker = plan.steps[each];
    return taker === undefined || joinOfArrivals(taker) === null ? [] : taker;
  });
}

/** The step succeeds: those that ended in the same pause as its last, and have not been looked at, arrive too. */
export function allArrive(d: Decision, run: StepRun): void {
  if (takersOf(d, run).length === 0) return;
  for (const scope of ownScopes(d.plan, run)) if (scope.closed) instanceArrives(d, scope);
}

/** What the block runs for next; undefined while too little has arrived. */
function nextArrivals({ scope, step }: Place, join: JoinOfArrivals): readonly ArrivalKey[] | undefined {
  const took = scope.runs.get(step.index)?.took;
  if (join.kind === 'sets') {
    const there = step.dependsOn.flatMap((index) => arrivalAt(scope, index, took?.sets ?? 0) ?? []);
    return there.length >= join.count ? keysOf(there) : undefined;
  }
  const heads = new Map(step.dependsOn.map((index) => [index, took?.of.get(index) ?? 0]));
  const next: Arrival[] = [];
  while (next.length < join.size) {
    const first = firstOf(scope, heads);
    if (first === undefined) return undefined;
    next.push(first.arrival);
    heads.set(first.from, (heads.get(first.from) ?? 0) + 1);
  }
  return keysOf(next);
}

function firstOf(scope: Scope, heads: ReadonlyMap<number, number>) {
  let first: { readonly arrival: Arrival; readonly from: number } | undefined;
  for (const [from, head] of heads) {
    const arrival = arrivalAt(scope, from, head);
    if (arrival !== undefined && (first === undefined || arrival.order < first.arrival.order))
      first = { arrival, from };
  }
  return first;
}

/** In the order in which they came. */
function keysOf(arrivals: readonly Arrival[]): readonly ArrivalKey[] {
  return arrivals.toSorted((a, b) => a.order - b.order).map(({ id, number }) => [id, number]);
}

/** True while the block is to run again, or may be. */
export function waitsForArrivals(run: StepRun): boolean {
  const join = joinOfArrivals(run.step);
  return join !== null && (nextArrivals(run, join) !== undefined || !hasAllArrived(run));
}

function hasAllArrived({ scope, step }: Place): boolean {
  return step.dependsOn.every((index) => isFinal(scope.runs.get(index)?.status ?? 'QUEUED'));
}

/** What is left over of arrivals that make no whole set lets nothing run. */
function endIfOver(d: Decision, place: Place): void {
  const { scope, step } = place;
  const run = scope.runs.get(step.index);
  if (run !== undefined && (hasFailed(run) || openCount(run) > 0)) return;
  if (!hasAllArrived(place)) return;
  if (run !== undefined && run.items.opened > 0) {
    allArrive(d, run);
    return succeedStep(d, place, outputsOf(d, run));
  }
  record(d, { e: 'skipped', ...keyIn(scope, step), at: d.at });
  stepEnded(d, scope, step);
}

/** In the order in which the runs began; null where one has not ended. */
export function outputsOf(d: Decision, run: StepRun): Json {
  return ownScopes(d.plan, run).map((scope) => (scope.closed ? blockOutput(d.plan, scope) : null));
}
