/**
 * What an execution holds while one that it calls runs. Asked for again there, it would be waited for by those who hold it, and
 * for ever: so that is refused at once.
 */
import type { GateName, HeldGate } from './contract.ts';
import type { Decision } from './decision.ts';
import type { StepError } from './event.ts';
import type { StepRun } from './state.ts';

/** Places that stay held for as long as this call lasts: of all who called, of the execution, and of the blocks around the step. */
export function heldDuring({ plan, state, context }: Decision, call: StepRun): readonly HeldGate[] {
  const { workflowId, concurrency } = plan;
  const held = [...context.heldByCallers];
  if (concurrency !== null && state.slot !== null)
    held.push({ of: 'concurrency', key: state.slot.key, workflowId, limit: concurrency.limit });
  for (let run: StepRun | null = call; run !== null; run = run.scope.owner) {
    const { lock } = run;
    if (lock?.held && lock.scope !== 'execution') held.push({ of: lock.scope, key: lock.key, workflowId, limit: 1 });
  }
  return held;
}

/** The error, when all places that this gate can have are held by those who wait for this execution. */
export function heldByCallers({ plan, context }: Decision, { of, key }: GateName, limit: number): StepError | null {
  if (context.heldByCallers.length === 0) return null;
  const same = context.heldByCallers.filter(
    (held) => held.of === of && held.key === key && (of === 'tenant' || held.workflowId === plan.workflowId),
  );
  const most = Math.min(limit, ...same.map((held) => held.limit));
  if (same.length < most) return null;
  const what = of === 'concurrency' ? 'A place under the concurrency key' : `The lock of scope ${of} with the key`;
  return {
    code: 'held_by_caller',
    message: `${what} ${key} is held by an execution that waits for this one: waiting for it would never end.`,
  };
}
