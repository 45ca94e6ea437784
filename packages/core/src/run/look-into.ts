/**
 * Looking into an execution with an expression: what one would see at the top of the workflow, at its end or as far as it
 * is. Nothing is decided and nothing changes.
 */
import type { Plan } from '../definition/plan.ts';
import { masked } from '../definition/sensitive.ts';
import type { Scope as Sight } from '../expression/expression.ts';
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
