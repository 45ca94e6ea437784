/** What a step's work is given: recorded where a later evaluation could differ, else evaluated from what the journal says. */
import type { Plan, Work } from '../definition/plan.ts';
import type { Reference } from '../expression/expression.ts';
import type { Json } from '../json.ts';
import type { RunContext } from './contract.ts';
import type { Decision, Place } from './decision.ts';
import { runInSight } from './in-sight.ts';
import { type Evaluation, evaluate } from './scope-values.ts';
import { standIn, standIns, withSecrets } from './secret-marker.ts';
import type { RunState, StepRun } from './state.ts';

type GivenWork = Extract<Work, { kind: 'action' | 'function' | 'sub_workflow' }>;

/** What is known of an execution by who reads its journal. */
export type Known = { readonly plan: Plan; readonly state: RunState; readonly context: RunContext };

/** `marker` of the stand-ins for secrets in it; absent: there are none. */
export type WorkInput = { readonly value: Json; readonly marker?: string };

/** What a try, or a child, is given. */
export function workInput(
  d: Decision,
  { scope, step }: Place,
  work: GivenWork,
): WorkInput | Extract<Evaluation, { error: unknown }> {
  const run = scope.runs.get(step.index);
  if (run?.input !== undefined)
    return run.marker === undefined ? { value: run.input } : { value: run.input, marker: run.marker };
  const source = sourceOf(work);
  if (work.kind === 'action' && work.secrets.length > 0) {
    // Chance, and anew for each evaluation: what the config is made of was there before, so that none of it holds the marker.
    const marker = d.entropy.uuid();
    const given = evaluate(d, scope, work.config, { lookup: standIns(work.secrets, marker) });
    return 'error' in given ? given : { ...given, marker };
  }
  return source === null ? { value: work.kind === 'sub_workflow' ? {} : null } : evaluate(d, scope, source);
}

/** What the tries of a run were given, told afterwards; null when there was no try, or it cannot be told any more. */
export function givenTo(run: StepRun, known: Known): Json {
  const { work } = run.step;
  if (run.input !== undefined) return shown(run.input, run.marker);
  if (work.kind !== 'action' && work.kind !== 'function' && work.kind !== 'sub_workflow') return null;
  if (work.recordInput || (run.attempt === 0 && run.child === null)) return null;
  const source = sourceOf(work);
  const references = source?.references ?? [];
  if (!references.every((reference) => isAsItWas(reference, run, known))) return null;
  const lookup = work.kind === 'action' ? standIns(work.secrets, '') : undefined;
  const given =
    source === null
      ? null
      : evaluate({ ...known, ...noDecision }, run.scope, source, { from: run, ...(lookup ? { lookup } : {}) });
  return given === null || 'error' in given ? null : given.value;
}

function shown(input: Json, marker: string | undefined): Json {
  return marker === undefined ? input : withSecrets(input, marker, (name) => standIn(name, ''));
}

function sourceOf(work: GivenWork) {
  return work.kind === 'action' ? work.config : work.input;
}

/**
 * A step that had ended when the run began has not changed since. One whose error is handled by this run has, as have those
 * that a join of a few did not wait for.
 */
function isAsItWas({ name, path }: Reference, run: StepRun, { plan, context }: Known): boolean {
  if (name !== 'steps') return true;
  const [id] = path;
  const step = plan.steps[(typeof id === 'string' ? plan.stepIndex.get(id) : undefined) ?? -1];
  if (step === undefined) return context.outside !== null; // a step around it, as it was recorded
  const seen = runInSight(run.scope, step, run);
  if (seen === undefined) return true;
  if (seen.endedAt === null || seen.endedAt > (run.startedAt ?? 0)) return false;
  return run.endOrder === 0 || seen.endOrder < run.endOrder;
}

/** Time and chance are never asked for here: what depends on them is recorded. */
export const noDecision = {
  at: 0,
  entropy: { uuid: () => '', random: () => 0, executionId: () => '' },
  events: [],
  effects: [],
  tasks: [],
  reported: null,
  spent: 0,
  yields: false,
};
