/** Which run of a step an expression sees, where a `goto` has begun steps again. */
import type { PlanStep } from '../definition/plan.ts';
import type { Scope, StepRun } from './state.ts';

/**
 * The run of `step` that is seen from inside `scope`; `from`: by this run in it. What undoes a run of an earlier round sees
 * everything as it was when that round was left.
 */
export function runInSight(scope: Scope, step: PlanStep, from: StepRun | null): StepRun | undefined {
  let via = from;
  for (let each: Scope | null = scope; each !== null; each = each.parent) {
    if (each.block === step.block) return runAsOf(each, step.index, via);
    via = each.owner;
  }
  return undefined;
}

/** What the steps of a block had been run when `via`, one of its runs, counted. */
export function runAsOf(scope: Scope, index: number, via: StepRun | null): StepRun | undefined {
  const current = scope.runs.get(index);
  if (via === null || via.leftAt === null) return current;
  if (via.step.index === index) return via;
  const { leftAt } = via;
  const wasThere = (run: StepRun | undefined) => run !== undefined && run.endOrder > 0 && run.endOrder <= leftAt;
  return wasThere(current) ? current : scope.past?.get(index)?.findLast(wasThere);
}
