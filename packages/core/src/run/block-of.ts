/** Which block of the plan a journal means when it names one. */
import type { Plan } from '../definition/plan.ts';
import type { StepRun } from './state.ts';

/** The block that an `opened` event names: by its name under its step, or one of the two that no step holds. */
export function blockOf(plan: Plan, owner: StepRun | null, name: string): number | undefined {
  if (owner === null) return (name === 'on_cancel' ? plan.onCancel : plan.onFailure) ?? undefined;
  const { step } = owner;
  if (name === 'error' && step.onError.kind === 'handler') return step.onError.block;
  if (name === 'compensate') return step.compensation ?? undefined;
  return namedBlocks(plan).get(`${step.index}/${name}`);
}

/** The blocks by owner and name. A plan of thousands of branches is not searched for each of them. */
function namedBlocks(plan: Plan): ReadonlyMap<string, number> {
  const known = blocksByName.get(plan);
  if (known !== undefined) return known;
  const names = new Map(plan.blocks.map(({ owner, name, index }) => [`${owner}/${name}`, index]));
  blocksByName.set(plan, names);
  return names;
}

const blocksByName = new WeakMap<Plan, ReadonlyMap<string, number>>();
