/** Outputs of blocks and of the execution. */
import type { Plan } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import type { Scope, StepRun } from './state.ts';

/** A block's output is that of its last-listed step that ran. */
export function blockOutput(plan: Plan, scope: Scope): Json {
  const { steps } = plan.blocks[scope.block] ?? { steps: [] };
  for (let at = steps.length - 1; at >= 0; at -= 1) {
    const run = scope.runs.get(steps[at] ?? -1);
    if (run !== undefined && (run.status === 'SUCCESS' || run.status === 'FAILED')) return run.output;
  }
  return null;
}

/** The scopes of a run that stand for what its step is about: not its handler, not its compensation. */
export function ownScopes(plan: Plan, run: StepRun): readonly Scope[] {
  return run.inner.filter((scope) => {
    const kind = plan.blocks[scope.block]?.kind;
    return kind === 'case' || kind === 'round' || kind === 'item' || kind === 'arrival';
  });
}

/** Where a definition names no output: the outputs of the steps that nothing depends on, by id. */
export function defaultOutput(plan: Plan, top: Scope): Json {
  const ends = (plan.blocks[0]?.steps ?? [])
    .flatMap((index) => plan.steps[index] ?? [])
    .filter((step) => step.dependents.length === 0);
  return Object.fromEntries(ends.map((step) => [step.id, top.runs.get(step.index)?.output ?? null]));
}
