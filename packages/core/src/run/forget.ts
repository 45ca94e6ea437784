/**
 * Forgetting: what the rules cannot ask about any more leaves the state, so that a loop of a million rounds needs no more
 * memory than one of three. Who shows an execution keeps everything (`createState` without `forgets`).
 *
 * Of the rounds of a loop the one that runs is needed and the one before it, whose output `loop.previous` is. An older one is
 * needed only to undo what was done in it: where something in the block has a compensation, all rounds stay.
 */
import type { Plan } from '../definition/plan.ts';
import type { RunState, Scope, StepRun } from './state.ts';

/** Round `index` of the loop has been opened. */
export function forgetRoundsBefore(plan: Plan, state: RunState, loop: StepRun, index: number): void {
  if (!state.forgets) return;
  const at = loop.inner.findIndex((scope) => scope.index === index - 2);
  const old = loop.inner[at];
  if (old === undefined || !old.closed || undoableBlocks(plan).has(old.block)) return;
  loop.inner.splice(at, 1);
  forget(state, old);
}

function forget(state: RunState, scope: Scope): void {
  state.scopes.delete(scope.path);
  for (const run of scope.runs.values()) for (const inner of run.inner) forget(state, inner);
  for (const runs of scope.past?.values() ?? [])
    for (const run of runs) for (const inner of run.inner) forget(state, inner);
}

/** Blocks in which, at any depth, a step has a compensation. */
function undoableBlocks(plan: Plan): ReadonlySet<number> {
  const known = undoable.get(plan);
  if (known !== undefined) return known;
  const blocks = new Set<number>();
  for (const step of plan.steps) {
    if (step.compensation === null) continue;
    for (let block: number | null = step.block; block !== null && !blocks.has(block); ) {
      blocks.add(block);
      const owner: number | null = plan.blocks[block]?.owner ?? null;
      block = owner === null ? null : (plan.steps[owner]?.block ?? null);
    }
  }
  undoable.set(plan, blocks);
  return blocks;
}

const undoable = new WeakMap<Plan, ReadonlySet<number>>();
