/** What has arrived at a block that runs several times, and what its steps see of it as `arrival`. */
import type { PlanStep } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { scopePath } from './apply.ts';
import type { Decision } from './decision.ts';
import type { ArrivalKey } from './event.ts';
import { runInSight } from './in-sight.ts';
import { isPassedGoto } from './join.ts';
import { blockOutput } from './output.ts';
import type { Scope, StepRun } from './state.ts';

/** `order`: arrivals of different dependencies came in this order. */
export type Arrival = { readonly id: string; readonly number: number; readonly order: number };

/** What came as number `at` from one dependency: of its items or runs where it has several, else its one success. */
export function arrivalAt(scope: Scope, index: number, at: number): Arrival | undefined {
  const run = scope.runs.get(index);
  if (run === undefined) return undefined;
  const { id } = run.step;
  if (arrivesOften(run.step)) {
    const arrival = run.arrivals?.[at];
    return arrival === undefined ? undefined : { id, ...arrival };
  }
  const hasArrived = run.status === 'SUCCESS' || isPassedGoto(run);
  return hasArrived && at === 0 ? { id, number: 0, order: run.endOrder } : undefined;
}

/** True of steps whose items or runs arrive one by one. */
function arrivesOften({ work, join }: PlanStep): boolean {
  return (work.kind === 'for_each' && work.wait) || join.kind === 'each' || join.kind === 'sets';
}

type Arrivals = { readonly index: number; readonly arrivals: readonly ArrivalKey[] };

/** `step` and `output` of the last that came; `outputs` of all: by step for a set, else in order. */
export function arrivalValue(d: Decision, run: StepRun, { index, arrivals }: Arrivals): Json {
  const all = arrivals.map(([id, number]) => ({ id, output: outputOf(d, run, { id, number }) }));
  const last = all.at(-1);
  const outputs =
    run.step.join.kind === 'sets'
      ? Object.fromEntries(all.map(({ id, output }) => [id, output]))
      : all.map(({ output }) => output);
  return { index, step: last?.id ?? null, output: last?.output ?? null, outputs };
}

function outputOf(d: Decision, run: StepRun, { id, number }: { readonly id: string; readonly number: number }): Json {
  const step = d.plan.steps[d.plan.stepIndex.get(id) ?? -1];
  const from = step === undefined ? undefined : runInSight(run.scope, step, run);
  if (from === undefined) return null;
  if (!arrivesOften(from.step)) return from.output;
  const instance = d.state.scopes.get(scopePath(d.plan, from, number));
  return instance === undefined ? null : blockOutput(d.plan, instance);
}
