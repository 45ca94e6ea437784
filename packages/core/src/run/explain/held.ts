/** What is told of a step that waits for its milestone. It is no reason why the execution waits: something else always moves. */
import type { Plan } from '../../definition/plan.ts';
import { keyOf, pathOf, type RunState, type StepRun } from '../state.ts';
import type { Held } from './explanation.ts';
import { type Notes, runName } from './notes.ts';
import { counted } from './words.ts';

type Asked = { readonly plan: Plan; readonly state: RunState; readonly notes: Notes };

export function tellHeld({ plan, notes }: Asked, run: StepRun): Held {
  const path = pathOf(plan, run.step, run.scope);
  const { when: condition, reads } = run.step.milestone ?? { when: null, reads: null };
  const when = condition?.source ?? '';
  return {
    path,
    since: notes.since.get(runName(keyOf(run))) ?? null,
    text: `Step \`${path}\` waits for its milestone: ${when}.`,
    unblocked_by:
      reads === null
        ? 'An event after which that holds; it is asked again after each.'
        : `A change of ${counted(
            reads.map((name) => `\`vars.${name}\``),
            'or',
          )} after which that holds.`,
    when,
  };
}
