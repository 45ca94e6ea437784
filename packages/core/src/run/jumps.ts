/** `goto`: back to an earlier step of the same block. */
import type { Work } from '../definition/plan.ts';
import { type Decision, type Place, record } from './decision.ts';
import { keyIn } from './scope.ts';
import { failStep } from './settle.ts';
import { isFinal, keyOf } from './state.ts';
import { abandon } from './stop.ts';

type Goto = Extract<Work, { kind: 'goto' }>;

/** Withdraws what has begun since the step that it leads to, and begins that step again. */
export function beginGoto(d: Decision, place: Place, work: Goto): void {
  const { scope, step } = place;
  if (timesTaken(place) >= work.max) {
    const message = `The goto was taken ${work.max} times, and is due again.`;
    return failStep(d, place, { code: 'goto_limit', message });
  }
  for (const index of work.again) {
    const run = scope.runs.get(index);
    if (run === undefined || index === step.index) continue; // its own, when it waited for its milestone or its lock, ends below
    abandon(d, run); // of one that has ended: the branches that nothing waits for
    if (!isFinal(run.status)) record(d, { e: 'skipped', ...keyOf(run), at: d.at, w: true });
  }
  const target = d.plan.steps[work.step];
  if (target === undefined) return;
  record(d, { e: 'succeeded', ...keyIn(scope, step), at: d.at, t: target.id });
  // Not the target alone: a join of any, or of arrivals, may have a dependency that is not begun again.
  for (const index of work.again) {
    const again = d.plan.steps[index];
    if (again !== undefined) d.tasks.push({ kind: 'begin', scope, step: again });
  }
}

/** In this instance of its block. */
function timesTaken({ scope, step }: Place): number {
  return scope.past?.get(step.index)?.at(-1)?.jumps ?? 0;
}
