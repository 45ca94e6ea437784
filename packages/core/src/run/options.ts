/** `wait_any`: the first of its options to happen is chosen, and its steps run; the others are withdrawn. */
import type { Plan, Work } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { type Decision, type Place, record } from './decision.ts';
import { badField, firstKept } from './matching.ts';
import { blockOutput, ownScopes } from './output.ts';
import { keyIn, openBlock } from './scope.ts';
import { failStep, succeedStep } from './settle.ts';
import type { StepRun } from './state.ts';
import { type Due, dueOf, timeoutError } from './waits.ts';

type WaitAny = Extract<Work, { kind: 'wait_any' }>;
type Timed = { readonly until?: number; readonly b?: string };

/** A signal that was kept goes before a time that has come already. */
export function beginWaitAny(d: Decision, place: Place, work: WaitAny): void {
  const timed = firstTime(d, place, work);
  if ('error' in timed) return failStep(d, place, timed.error);
  const { found, bad } = firstKept(d, place);
  const how = found === undefined ? timed.due : { g: found.signal.number, b: found.option ?? '' };
  record(d, { e: 'begun', ...keyIn(place.scope, place.step), at: d.at, ...how, ...badField(bad) });
  const run = place.scope.runs.get(place.step.index);
  if (found !== undefined && run !== undefined) choose(d, run, found.option);
}

/** One timer is enough: of several times the earliest comes first; the timeout of the step when that is earlier still. */
function firstTime(d: Decision, place: Place, { options }: WaitAny): Due<Timed> {
  let first: { due: number; b: string } | null = null;
  for (const option of options) {
    if ('signal' in option) continue;
    const asked = dueOf(d, place, option);
    if ('error' in asked) return asked;
    const due = Math.max(asked.due, d.at);
    if (first === null || due < first.due) first = { due, b: option.name };
  }
  const { timeoutMs } = place.step;
  if (first !== null && (timeoutMs === null || first.due <= d.at + timeoutMs))
    return { due: { until: first.due, b: first.b } };
  return { due: timeoutMs === null ? {} : { until: d.at + timeoutMs } };
}

/** The option has happened; null: the time of the step is over before any did. */
export function choose(d: Decision, run: StepRun, name: string | null): void {
  const { work, timeoutMs } = run.step;
  if (work.kind !== 'wait_any') return;
  const option = work.options.find((each) => each.name === name);
  if (option === undefined) return failStep(d, run, timeoutError(run));
  if (option.block === null) return succeedStep(d, run, outcome(run, option.name, null));
  // The timeout is of the whole step: its steps have what the wait has left of it.
  const until = timeoutMs === null ? {} : { until: (run.startedAt ?? d.at) + timeoutMs };
  openBlock(d, run, [option.name], until);
}

/** What the step has once the steps of its option have ended; null before an option was chosen. */
export function optionOutput(plan: Plan, run: StepRun): Json {
  const [scope] = ownScopes(plan, run);
  return scope === undefined ? null : outcome(run, plan.blocks[scope.block]?.name ?? '', blockOutput(plan, scope));
}

function outcome({ signal }: StepRun, chosen: string, output: Json): Json {
  return { chosen, payload: signal?.payload ?? null, output };
}
