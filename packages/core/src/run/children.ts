/**
 * `sub_workflow`: another execution, started by this one.
 *
 * The step asks which version is meant (nothing leaves the process for that, so it need not wait for a commit). The answer
 * brings the id of the child, and one flush writes that it was called together with its row: whatever dies when, there is
 * one child, or none and it is asked again. The end of the child comes as a message in the flush that ends it.
 */
import type { Work } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { heldDuring } from './callers.ts';
import type { ChildEnd, ChildStart, Resolution } from './contract.ts';
import { type Decision, type Place, record } from './decision.ts';
import type { RunKey, StepError } from './event.ts';
import { keyIn } from './scope.ts';
import { failStep, succeedStep } from './settle.ts';
import { findRun, isAsking, keyOf, pathOf, type StepRun } from './state.ts';
import { workInput } from './step-input.ts';
import { recall, stepEnded } from './stop.ts';
import { timeoutError } from './waits.ts';

type SubWorkflow = Extract<Work, { kind: 'sub_workflow' }>;

/** How many executions may stand above one another, the first not counted: what calls itself for ever ends here. */
export const DEEPEST = 32;

export function beginCall(d: Decision, place: Place, work: SubWorkflow): void {
  if (d.context.depth >= DEEPEST) return failStep(d, place, tooDeep());
  const input = workInput(d, place, work);
  if ('error' in input) return failStep(d, place, input.error);
  const until = place.step.timeoutMs === null ? {} : { until: d.at + place.step.timeoutMs };
  const recorded = work.recordInput ? { in: input.value } : {};
  record(d, { e: 'begun', ...keyIn(place.scope, place.step), at: d.at, ...recorded, ...until });
  ask(d, place, work, input.value);
}

export function tooDeep(): StepError {
  const message = `Executions start one another at most ${DEEPEST} deep, and this would be one more.`;
  return { code: 'depth_limit', message };
}

function ask(d: Decision, { scope, step }: Place, { workflowId, version }: SubWorkflow, input: Json): void {
  d.effects.push({ kind: 'resolve_child', key: keyIn(scope, step), workflowId, version, input });
}

/** Of a rebuilt execution, or one that was paused when the answer came: it asks once more. */
export function askAgain(d: Decision, run: StepRun): void {
  const { work } = run.step;
  if (work.kind !== 'sub_workflow') return;
  const input = workInput(d, run, work);
  if ('error' in input) failStep(d, run, input.error);
  else ask(d, run, work, input.value);
}

/** The answer: what is to be started, or why it cannot be. */
export function childResolved(d: Decision, key: RunKey, answer: Resolution): void {
  const run = findRun(d.plan, d.state, key);
  // Withdrawn meanwhile, answered before, or paused: then `askAgain` follows.
  if (run === undefined || !isAsking(run) || d.state.paused) return;
  if ('error' in answer) return failStep(d, run, answer.error);
  const { work } = run.step;
  const input = work.kind === 'sub_workflow' ? workInput(d, run, work) : null;
  if (work.kind !== 'sub_workflow' || input === null) return;
  if ('error' in input) return failStep(d, run, input.error);
  startChild(d, run, { child: answer.child, input: input.value, awaited: work.wait });
  if (!work.wait) succeedStep(d, run, { execution_id: answer.child.executionId });
}

type Call = { readonly child: ChildStart; readonly input: Json; readonly awaited: boolean };

function startChild(d: Decision, run: StepRun, { child, input, awaited }: Call): void {
  record(d, { e: 'called', ...keyOf(run), at: d.at, id: child.executionId, ver: child.version });
  d.effects.push({
    kind: 'start_child',
    child,
    path: callPathOf(d, run),
    depth: d.context.depth + 1,
    input,
    awaited,
    held: awaited ? heldDuring(d, run) : [],
    at: d.at,
  });
}

/** The steps that called, down to this one. A call in another round is another call. */
export function callPathOf(d: Decision, { step, scope, round }: StepRun): string {
  const path = `${d.context.callPath}${pathOf(d.plan, step, scope)}`;
  return round === 0 ? path : `${path}@${round}`;
}

/** A child has ended. One that nothing waits for (any more), or that was heard of before, changes nothing. */
export function childEnded(d: Decision, { executionId, status, output, error }: ChildEnd): void {
  const run = d.state.children.get(executionId);
  if (run === undefined) return;
  const details = { execution_id: executionId, status, ...(error === null ? {} : { error: error as unknown as Json }) };
  const recalled = run.child?.recalled ?? null;
  if (recalled !== null && recalled.error !== null) return failStep(d, run, withDetails(recalled.error, details));
  if (status === 'COMPLETED') return succeedStep(d, run, output);
  if (recalled === null || status === 'FAILED') {
    const why = error === null ? '' : `: ${error.message}`;
    return failStep(d, run, { code: 'child_failed', message: `The child ended ${status}${why}`, details });
  }
  record(d, { e: 'skipped', ...keyOf(run), at: d.at, w: true });
  stepEnded(d, run.scope, run.step);
}

/** The time of the step is over. */
export function callOverdue(d: Decision, run: StepRun): void {
  const { work } = run.step;
  const error = withDetails(timeoutError(run), run.child === null ? {} : { execution_id: run.child.id });
  if (run.child === null || (work.kind === 'sub_workflow' && work.onCancel === 'abandon')) failStep(d, run, error);
  else recall(d, run, error);
}

function withDetails({ code, message }: StepError, details: NonNullable<StepError['details']>): StepError {
  return { code, message, details };
}
