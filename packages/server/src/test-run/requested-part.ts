/** What of a workflow is to be run: all of it, up to a step, or one step alone; with pinned outputs in place of steps. */
import type { Plan, PlanStep } from '@cloudflow/core/definition/plan.ts';
import { pointerTo } from '@cloudflow/core/definition/pointer.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import { type UnknownStep, unknownMock, unknownStep } from '@cloudflow/core/test-run/named-steps.ts';
import { alone, type Pinned, upTo, withPinned } from '@cloudflow/core/test-run/part-of-plan.ts';
import type { StepMocks } from '@cloudflow/core/test-run/step-mocks.ts';
import { type ProblemError, problem } from '../kernel/errors/problem.ts';

export type RequestedPart = {
  readonly step?: string;
  readonly until?: string;
  readonly pinned?: Pinned;
  readonly mocks?: { readonly steps?: StepMocks };
  readonly variables?: JsonObject;
  readonly around?: JsonObject;
};

/** `steps` null: all of them. `outside`: what a step that stands alone sees around it. */
export type Part = {
  readonly plan: Plan;
  readonly steps: ReadonlySet<string> | null;
  readonly outside: JsonObject | null;
};

/** Throws `unknown_step`, `mocks_missing`, `invalid_body`. */
export function partOf(whole: Plan, asked: RequestedPart, input: Json): Part {
  const { step, until, pinned = {}, variables = {} } = asked;
  mustBeSteps(whole, asked);
  const plan = { ...whole, variables: { ...whole.variables, ...variables } };
  if (step !== undefined) return oneStep(plan, stepNamed(plan, step), { asked, input });
  if (until !== undefined) {
    const part = upTo(plan, stepNamed(plan, until), pinned);
    if (part.reads.length > 0) throw unpinned(until, part.reads);
    return { ...part, outside: null };
  }
  return { plan: withPinned(plan, pinned), steps: null, outside: null };
}

function stepNamed(plan: Plan, id: string): PlanStep {
  const step = plan.steps[plan.stepIndex.get(id) ?? -1];
  if (step === undefined) throw new Error(`a step that was checked is gone: ${id}`);
  return step;
}

function oneStep(
  plan: Plan,
  step: PlanStep,
  { asked, input }: { readonly asked: RequestedPart; readonly input: Json },
): Part {
  if (step.work.kind === 'goto' || step.work.kind === 'cancel')
    throw problem('invalid_body', {
      detail: `A ${step.work.kind} means other steps, and cannot be run alone.`,
      errors: [
        { pointer: '/step', code: 'not_allowed', message: 'Run the workflow, or up to this step, with `until`.' },
      ],
    });
  const { pinned = {}, mocks: { steps: mocks = {} } = {}, variables: _, around = {} } = asked;
  const part = alone(plan, step);
  const missing = part.reads.filter((id) => !Object.hasOwn(pinned, id) && !Object.hasOwn(mocks, id));
  if (missing.length > 0) throw unpinned(step.id, missing);
  const outcomes = part.reads.map((id) => [id, outcomeOf(pinned, mocks, id)] as const);
  const outside = { ...around, input, vars: plan.variables, steps: Object.fromEntries(outcomes) };
  return { ...part, outside };
}

/** As expressions see a step that has ended. */
function outcomeOf(pinned: Pinned, mocks: StepMocks, id: string): Json {
  const ended = { attempts: 1, started_at: null, finished_at: null, case: null };
  if (Object.hasOwn(pinned, id)) return { ...ended, status: 'SUCCESS', output: pinned[id] ?? null };
  const mock = mocks[id];
  const answer = Array.isArray(mock) ? mock.at(-1) : mock;
  if (answer !== undefined && 'error' in answer) {
    const { code, message = '', details = {} } = answer.error;
    return { ...ended, status: 'FAILED', output: null, error: { step: id, code, message, details } };
  }
  return { ...ended, status: 'SUCCESS', output: answer?.output ?? null };
}

function unpinned(step: string, missing: readonly string[]) {
  return problem('mocks_missing', {
    detail: `The outcome of ${missing.join(', ')} is read on the way to ${step}, and is not run: pin it.`,
    errors: missing.map((id) => ({
      pointer: pointerTo('/pinned', id),
      code: 'missing',
      message: `What ${id} gives is not known: it is not run.`,
      suggestion: `"pinned": {"${id}": …}`,
    })),
  });
}

function mustBeSteps(plan: Plan, { step, until, pinned = {}, mocks: { steps: mocks = {} } = {} }: RequestedPart): void {
  if (step !== undefined && until !== undefined)
    throw problem('invalid_body', {
      detail: 'Either one step is run, or all up to one.',
      errors: [{ pointer: '/until', code: 'not_allowed', message: '`step` and `until` exclude each other.' }],
    });
  const at = (pointer: string, unknown: UnknownStep | null): readonly ProblemError[] =>
    unknown === null ? [] : [{ pointer, code: 'unknown_step', ...unknown }];
  const errors = [
    ...(step === undefined ? [] : at('/step', unknownStep(plan, step))),
    ...(until === undefined ? [] : at('/until', unknownStep(plan, until))),
    ...Object.keys(pinned).flatMap((id) => at(pointerTo('/pinned', id), unknownStep(plan, id))),
    ...Object.keys(mocks).flatMap((key) => at(pointerTo('/mocks/steps', key), unknownMock(plan, key))),
  ];
  if (errors.length > 0) throw problem('unknown_step', { detail: String(errors[0]?.message), errors });
}
