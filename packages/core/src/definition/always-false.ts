/** A condition that is false in every execution: how people switch a step off. */
import type { Expression } from '../expression/expression.ts';

/** Certain only without references: then the value is the same in every execution. */
export function isAlwaysFalse(when: Expression): boolean {
  if (when.source === '' || when.references.length > 0 || when.volatile) return false;
  // Without a call it costs nothing; 5,000 conditions that each use up their budget would cost a minute.
  if (when.source.includes('(')) return false;
  try {
    return when.evaluate({ lookup: () => undefined, now: 0, uuid: () => '' }) === false;
  } catch {
    return false; // fails in every execution; that is for `on_error`
  }
}
