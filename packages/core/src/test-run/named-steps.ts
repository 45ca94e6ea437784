/** The steps that who writes a test names: whether the workflow has them. */
import type { Plan } from '../definition/plan.ts';
import { closest } from '../text/suggest.ts';

export type UnknownStep = { readonly message: string; readonly suggestion?: string };

/** Null: it has. */
export function unknownStep(plan: Plan, id: string): UnknownStep | null {
  if (plan.stepIndex.has(id)) return null;
  const suggestion = closest(id, plan.stepIndex.keys());
  return { message: `The workflow has no step ${id}.`, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** Of a key of a mock: an id or a path. What follows the step that calls is a step of another workflow. */
export function unknownMock(plan: Plan, key: string): UnknownStep | null {
  const [own = ''] = key.split('/');
  const parts = own.split('.').map((part) => part.replace(/@\d+$/, ''));
  const last = parts.at(-1) === 'compensate' && parts.length > 1 ? parts.at(-2) : parts.at(-1);
  return unknownStep(plan, last ?? '');
}
