/**
 * Looking into an execution with an expression: what one would see at the top of the workflow, at its end or as far as it
 * is. Nothing is decided and nothing changes.
 */
import type { Plan } from '../definition/plan.ts';
import { masked } from '../definition/sensitive.ts';
import type { Expression, Reference, Scope as Sight, Template } from '../expression/expression.ts';
import { closest } from '../text/suggest.ts';
import { expressionScope } from './scope-values.ts';
import type { RunState } from './state.ts';
import { type Known, noDecision } from './step-input.ts';

/** The names that exist there. */
export const namesAtTop = ['input', 'vars', 'steps', 'execution', 'workflow', 'tenant', 'trigger'] as const;

export type Looks = { readonly now: number; readonly uuid: () => string };

/** What the expression sees. The state is of this look alone: what is sensitive in it is taken out. */
export function sightOf({ plan, state, context }: Known, { now, uuid }: Looks): Sight {
  hideSensitive(plan, state);
  const top = state.scopes.get('');
  if (top === undefined) throw new Error('a state without its top block');
  const entropy = { uuid, random: () => 0, executionId: () => '' };
  return expressionScope({ ...noDecision, plan, state, context, entropy, at: now }, top);
}

/** What is null hides nothing: it says that there is none. */
function hideSensitive(plan: Plan, state: RunState): void {
  if (!plan.hasSensitive) return;
  for (const { runs, past } of state.scopes.values())
    for (const run of [...runs.values(), ...(past === null ? [] : [...past.values()].flat())])
      if (run.step.sensitive && run.output !== null) run.output = masked;
}

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
