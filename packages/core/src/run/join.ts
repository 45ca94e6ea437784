/** Whether a step may run, given how its dependencies ended: joins and dead paths. */
import type { PlanStep } from '../definition/plan.ts';
import { isFinal, type Scope, type StepRun } from './state.ts';

export type JoinVerdict = 'run' | 'skip' | 'wait';

export function judgeJoin(step: PlanStep, scope: Scope): JoinVerdict {
  if (step.dependsOn.length === 0) return 'run';
  return step.join.kind === 'count' ? judgeCount(step, scope, step.join.count) : judgeAll(step, scope);
}

/** Satisfied when all have ended, none failed for good, and at least one was not SKIPPED. */
function judgeAll(step: PlanStep, scope: Scope): JoinVerdict {
  let satisfied = 0;
  let dead = false;
  for (const index of step.dependsOn) {
    const run = scope.runs.get(index);
    if (run === undefined || !isFinal(run.status)) return 'wait';
    if (satisfies(run)) satisfied += 1;
    else if (run.status === 'FAILED') dead = true;
  }
  return dead || satisfied === 0 ? 'skip' : 'run';
}

/** For counted joins only SUCCESS counts; the first `count` of them let the step run, once. */
function judgeCount(step: PlanStep, scope: Scope, count: number): JoinVerdict {
  let succeeded = 0;
  let open = 0;
  for (const index of step.dependsOn) {
    const run = scope.runs.get(index);
    if (run === undefined || !isFinal(run.status)) open += 1;
    else if (run.status === 'SUCCESS' || isPassedGoto(run)) succeeded += 1;
  }
  if (succeeded >= count) return 'run';
  return succeeded + open < count ? 'skip' : 'wait';
}

function satisfies(run: StepRun): boolean {
  if (run.status === 'FAILED') return run.step.onError.kind === 'continue';
  return run.status === 'SUCCESS' || isPassedGoto(run);
}

/** A `goto` that is not taken lets go on what follows it. One on a dead path is dead like any other step. */
export function isPassedGoto({ step, status, passedOver, withdrawn }: StepRun): boolean {
  return status === 'SKIPPED' && step.work.kind === 'goto' && (passedOver || withdrawn);
}

/**
 * What a counted join with `cancel_remaining` withdraws: its dependencies that have not ended, and the steps that lead
 * only to it.
 */
export function stepsOnlyFor(join: PlanStep, steps: readonly PlanStep[], scope: Scope): readonly PlanStep[] {
  const isOpen = (step: PlanStep) => !isFinal(scope.runs.get(step.index)?.status ?? 'QUEUED');
  const withdrawn = new Set<number>();
  const pending = [...join.dependsOn];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    const step = steps[index];
    if (step === undefined || withdrawn.has(index) || !isOpen(step)) continue;
    const direct = join.dependsOn.includes(index);
    const onlyForJoin = step.dependents.every((each) => each === join.index || withdrawn.has(each));
    if (!direct && !onlyForJoin) continue; // looked at again from each of its dependents that goes
    withdrawn.add(index);
    pending.push(...step.dependsOn);
  }
  return [...withdrawn].flatMap((index) => steps[index] ?? []);
}
