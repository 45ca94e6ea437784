/** `cancel`: takes other steps out of the execution, or ends them with what they have. */
import type { Work } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { joinOfArrivals, outputsOf } from './arrivals.ts';
import { type Decision, type Place, record } from './decision.ts';
import { resultsOf } from './items.ts';
import { optionOutput } from './options.ts';
import { blockOutput, ownScopes } from './output.ts';
import { isStopping } from './scope.ts';
import { succeedStep } from './settle.ts';
import { isFinal, keyOf, type Scope, type StepRun } from './state.ts';
import { abandon, stepEnded, withdraw } from './stop.ts';

type Cancel = Extract<Work, { kind: 'cancel' }>;

export function beginCancel(d: Decision, place: Place, work: Cancel): void {
  for (const index of work.steps) cancelStep(d, place.scope, index, work.outcome);
  succeedStep(d, place, null);
}

function cancelStep(d: Decision, from: Scope, index: number, outcome: Cancel['outcome']): void {
  const step = d.plan.steps[index];
  if (step === undefined) return;
  for (const scope of instancesOf(d, from, step.block)) cancelIn(d, { scope, step }, outcome);
}

function cancelIn(d: Decision, { scope, step }: Place, outcome: Cancel['outcome']): void {
  if (scope.closed || isStopping(d, scope)) return; // what is stopping ends by itself
  const run = scope.runs.get(step.index);
  if (run !== undefined && isFinal(run.status)) return;
  if (outcome === 'skip' || run === undefined || run.status === 'QUEUED') return withdraw(d, scope, step);
  const output = whatItHas(d, run);
  abandon(d, run);
  record(d, { e: 'succeeded', ...keyOf(run), at: d.at, ...(output === null ? {} : { o: output }) });
  stepEnded(d, scope, step);
}

/**
 * The instances of the block that are open within the nearest instance around the cancelling step: the one that it stands in
 * itself, or else all rounds, items and branches. One that opens later is not affected.
 */
function instancesOf(d: Decision, from: Scope, block: number): readonly Scope[] {
  const around = scopeOf(from, block);
  if (around !== undefined) return [around];
  const owner = d.plan.steps[d.plan.blocks[block]?.owner ?? -1];
  if (owner === undefined) return [];
  return instancesOf(d, from, owner.block).flatMap(
    ({ runs }) => runs.get(owner.index)?.inner.filter((inner) => inner.block === block && !inner.closed) ?? [],
  );
}

/** The instance of the block that the cancelling step stands in, or in whose instance it stands. */
function scopeOf(from: Scope, block: number): Scope | undefined {
  for (let each: Scope | null = from; each !== null; each = each.parent) if (each.block === block) return each;
  return undefined;
}

function whatItHas(d: Decision, run: StepRun): Json {
  if (run.step.work.kind === 'for_each') return resultsOf(d, run);
  if (run.step.work.kind === 'wait_any') return optionOutput(d.plan, run);
  if (joinOfArrivals(run.step) !== null) return outputsOf(d, run);
  const scopes = ownScopes(d.plan, run);
  if (run.step.work.kind === 'block') return scopes[0] === undefined ? null : blockOutput(d.plan, scopes[0]);
  const ended = scopes.filter(({ closed }) => closed);
  if (run.step.work.kind !== 'parallel') return ended.length === 0 ? null : blockOutput(d.plan, ended.at(-1) as Scope);
  return Object.fromEntries(ended.map((scope) => [d.plan.blocks[scope.block]?.name ?? '', blockOutput(d.plan, scope)]));
}
