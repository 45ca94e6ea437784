/** Whether what a source gives now could be something else later, so that its value must be recorded. */
import type { Expression, Reference, Template } from '../expression/expression.ts';

/** True when a later evaluation could give another value. */
export function mayDiffer(source: Expression | Template): boolean {
  return source.volatile || source.references.some(isUnsteady);
}

/** `vars` go on changing, and `execution.attempt` is another in a retry by a person; all else a step sees has ended. */
function isUnsteady({ name, path }: Reference): boolean {
  return name === 'vars' || (name === 'execution' && (path[0] === undefined || path[0] === 'attempt'));
}
