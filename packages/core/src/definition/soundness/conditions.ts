/** Conditions of a plan as facts: only what reads nothing that could be another when it is asked again. */
import type { Expression, Reference } from '../../expression/expression.ts';
import { guardsOf } from '../../expression/guards.ts';
import type { Plan, PlanStep } from '../plan.ts';
import type { Fact } from './facts.ts';

export type Conditions = {
  /** What is so where the condition of this step is true (`holds`), or false. */
  facts(condition: Expression, by: PlanStep, holds?: boolean): readonly Fact[];
};

export function readConditions(plan: Plan): Conditions {
  const unsteady = unsteadyBlocks(plan);

  function isSteady({ name, path: [first] }: Reference): boolean {
    if (name === 'vars' || name === 'secrets' || name === 'result' || name === 'signal') return false;
    if (name === 'execution') return first === 'id' || first === 'started_at'; // a retry by a person is another attempt
    if (name !== 'steps') return true;
    const step = plan.steps[plan.stepIndex.get(String(first)) ?? -1];
    return step !== undefined && !unsteady.has(step.block);
  }

  return {
    facts(condition, { index: by }, holds = true) {
      // What is constant is how people switch steps off; that is a matter of warnings.
      if (condition.volatile || condition.references.length === 0) return [];
      return guardsOf(condition, holds).flatMap(({ subject: key, value, says, reads }) =>
        reads.length > 0 && reads.every(isSteady)
          ? { key, value, says, by, names: [...new Set(reads.map(({ name }) => name))] }
          : [],
      );
    },
  };
}

/**
 * Blocks in which a step that comes before another may not have ended when that one starts, or may run again: what is read of
 * their steps may be this now and that later.
 */
function unsteadyBlocks({ blocks, steps }: Plan): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { index, steps: own } of blocks) {
    const moves = own.some((each) => steps[each]?.join.kind !== 'all' || steps[each]?.work.kind === 'goto');
    if (moves) found.add(index);
  }
  return found;
}
