/** `milestone` of a step: the last question before it starts. */
import type { LaidStep } from './layout.ts';
import { mayDiffer } from './may-differ.ts';
import type { Milestone } from './plan.ts';
import type { View } from './view.ts';
import type { Workshop } from './workshop.ts';

export function compileMilestone(
  { document, pointer }: LaidStep,
  view: View,
  { sources, issues }: Workshop,
): Milestone | null {
  if (document.milestone === undefined) return null;
  const { join } = document;
  if (join === 'each' || join === 'sets' || (typeof join === 'object' && ('each' in join || 'sets' in join))) {
    issues.error({
      code: 'conflicting_fields',
      pointer: `${pointer}/milestone`,
      message: 'a block that runs for what arrives begins with the first of it; put the milestone on the steps inside',
    });
  }
  const { when: source, else: otherwise = 'skip' } = document.milestone;
  const when = sources.condition(`${pointer}/milestone/when`, source, view);
  if (otherwise === 'wait' && when.source !== '' && !mayDiffer(when)) {
    issues.warn({
      code: 'milestone_never_changes',
      pointer: `${pointer}/milestone/when`,
      message:
        'this reads no variable, so waiting cannot change it: the step starts at once or never; use `when`, or read `vars`',
    });
  }
  return { when, waits: otherwise === 'wait', reads: when.volatile ? null : variablesIn(when.references) };
}

/** Null where a name is only known when it runs. */
function variablesIn(references: Milestone['when']['references']): readonly string[] | null {
  const names = references.flatMap(({ name, path: [first] }) => (name === 'vars' ? [first] : []));
  return names.every((name) => typeof name === 'string') ? names : null;
}
