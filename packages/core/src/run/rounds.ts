/** `loop`: one round after the other, until its condition, its count or its limit says that it is enough. */
import type { Work } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { type Decision, type Place, record } from './decision.ts';
import { blockOutput } from './output.ts';
import { keyIn, openInstance } from './scope.ts';
import { type Evaluation, evaluate, evaluateCondition } from './scope-values.ts';
import { failStep, succeedStep } from './settle.ts';
import { createScope, isFinal, type Scope, type StepRun } from './state.ts';

type Loop = Extract<Work, { kind: 'loop' }>;

export function beginLoop(d: Decision, { scope, step }: Place, work: Loop): void {
  const times = timesOf(d, scope, work);
  if ('error' in times) return failStep(d, { scope, step }, times.error);
  const until = step.timeoutMs === null ? {} : { until: d.at + step.timeoutMs };
  const recorded = times.value === null ? {} : { in: times.value };
  record(d, { e: 'begun', ...keyIn(scope, step), at: d.at, ...until, ...recorded });
  const run = scope.runs.get(step.index);
  if (run !== undefined) nextRound(d, run, { work, index: 0, previous: null });
}

/** A round has ended: `until` is asked with its steps in view, then `while` and the count of the next. */
export function roundCompleted(d: Decision, round: Scope): void {
  const { owner, index } = round;
  if (owner === null || index === null || isFinal(owner.status) || owner.step.work.kind !== 'loop') return;
  if (owner.items.opened > index + 1) return; // said twice
  const { work } = owner.step;
  const previous = blockOutput(d.plan, round);
  const over = work.until === null ? { value: false } : evaluateCondition(d, round, work.until);
  if ('error' in over) return failStep(d, owner, over.error);
  if (over.value) return succeedStep(d, owner, previous);
  nextRound(d, owner, { work, index: index + 1, previous });
}

function nextRound(
  d: Decision,
  run: StepRun,
  { work, index, previous }: { work: Loop; index: number; previous: Json },
): void {
  const more = goesOn(d, run, work, index);
  if ('error' in more) return failStep(d, run, more.error);
  if (!more.value) return succeedStep(d, run, previous);
  if (index >= work.maxIterations) {
    return failStep(d, run, {
      code: 'loop_limit',
      message: `The loop did not end within ${work.maxIterations} rounds.`,
    });
  }
  openInstance(d, run, 'round', index);
}

/** How often, asked once: null when the loop does not count. */
function timesOf(d: Decision, scope: Scope, { times }: Loop): Evaluation {
  if (times === null) return { value: null };
  const asked = evaluate(d, scope, times);
  if ('error' in asked || (Number.isInteger(asked.value) && Number(asked.value) >= 0)) return asked;
  const message = `times must be a whole number from 0, but is ${JSON.stringify(asked.value)?.slice(0, 80)}.`;
  return { error: { code: 'expression_error', message } };
}

function goesOn(d: Decision, run: StepRun, work: Loop, index: number) {
  if (work.times !== null) return { value: index < Number(run.input) };
  if (work.while === null) return { value: true };
  // The round that is asked about does not exist yet: a scope that is never kept shows its number and the output before it.
  const coming = createScope(d.plan, {
    path: '',
    block: work.block,
    parent: run.scope,
    owner: run,
    error: null,
    index,
  });
  return evaluateCondition(d, coming, work.while);
}
