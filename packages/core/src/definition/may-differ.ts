/** Whether what an expression gives must be recorded, because asking again could give something else. */
import type { Expression, Reference, Template } from '../expression/expression.ts';

/** True when a later evaluation could give another value. */
export function mayDiffer(source: Expression | Template): boolean {
  return source.volatile || source.references.some(isUnsteady);
}

/**
 * `vars` go on changing, and `execution.attempt` is another in a retry by a person. All else that a step sees has ended or
 * never changes: so do `item`, `index` and `loop` of the blocks around it.
 */
function isUnsteady({ name, path }: Reference): boolean {
  return name === 'vars' || (name === 'execution' && (path[0] === undefined || path[0] === 'attempt'));
}
