/** What an expression refers to that cannot be seen from the top of a workflow. */
import type { Expression, Reference, Template } from '../expression/expression.ts';
import { closest } from '../text/suggest.ts';
import type { Plan } from './plan.ts';

/** A step that cannot be seen from the top: there is none of the name, or it stands inside another. */
export type UnseenStep = Pick<Reference, 'position'> & {
  readonly code: 'unknown_step' | 'step_not_ended';
  readonly message: string;
  readonly suggestion?: string;
};

export function unseenSteps(plan: Plan, source: Expression | Template): readonly UnseenStep[] {
  const references: readonly Reference[] = source.references;
  return references.flatMap(({ name, path: [id], position }): readonly UnseenStep[] => {
    if (name !== 'steps' || typeof id !== 'string') return [];
    const step = plan.steps[plan.stepIndex.get(id) ?? -1];
    if (step === undefined) {
      const suggestion = closest(id, plan.stepIndex.keys());
      const message = `there is no step \`${id}\``;
      return [
        { code: 'unknown_step', position, message, ...(suggestion === undefined ? {} : { suggestion }) } as const,
      ];
    }
    if (step.block === 0) return [];
    const message = `\`${id}\` stands inside another step: outside, what that gives is seen`;
    return [{ code: 'step_not_ended', position, message }];
  });
}
