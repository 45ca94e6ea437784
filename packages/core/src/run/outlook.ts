/** What a retry would do, before it does it: which steps run, which are adopted, and what on the outside would happen twice. */
import type { Plan } from '../definition/plan.ts';
import { apply } from './apply.ts';
import type { Adoption } from './contract.ts';
import { isPerhapsDone } from './ending.ts';
import type { Past } from './past.ts';
import { standsApart } from './scope.ts';
import { createState, findRun, isFinal, keyOf, pathOf, type RunState, type Scope, type StepRun } from './state.ts';

export type Outlook = {
  /** In the order of the definition, blocks from outside in. A block that is gone into stands before its steps. */
  readonly runs: readonly PlannedRun[];
  /** Paths of the steps whose recorded outcome is kept. */
  readonly adopted: readonly string[];
  /** Actions and other workflows that run again although they had, or may have had, their effect. */
  readonly repeats: readonly { readonly path: string; readonly certain: boolean }[];
};

/** `again`: it had begun before. `first`: it had not. `goes_on`: what is inside it is adopted in part. */
type PlannedRun = {
  readonly path: string;
  readonly step_id: string;
  readonly type: string;
  readonly how: 'again' | 'first' | 'goes_on';
};

/** Without an adoption everything begins anew. */
export function outlook(past: Past, target: Plan, adoption: Adoption | undefined, at: number): Outlook {
  const state = createState(target);
  apply(target, state, { e: 'started', at });
  if (adoption !== undefined)
    apply(target, state, { e: 'adopted', at, of: adoption.of, n: adoption.events.length, ev: adoption.events });
  const runs: PlannedRun[] = [];
  const adopted: string[] = [];
  lookThrough(state.top);
  return { runs, adopted, repeats: repeats(past, target, state) };

  function lookThrough(scope: Scope): void {
    for (const index of target.blocks[scope.block]?.steps ?? []) {
      const step = target.steps[index];
      if (step === undefined) continue;
      const run = scope.runs.get(index);
      const path = pathOf(target, step, scope);
      if (run !== undefined && isFinal(run.status)) adopted.push(path);
      else if (run !== undefined) runs.push({ path, step_id: step.id, type: step.type, how: 'goes_on' });
      else
        runs.push({
          path,
          step_id: step.id,
          type: step.type,
          how: hadBegun(past, scope.path, step.id) ? 'again' : 'first',
        });
      for (const inner of run?.inner ?? []) lookThrough(inner);
    }
  }
}

function hadBegun({ plan, state }: Past, scope: string, id: string): boolean {
  const run = state.scopes.get(scope)?.runs.get(plan.stepIndex.get(id) ?? -1);
  return run !== undefined && run.status !== 'SKIPPED' && run.startedAt !== null;
}

function repeats({ plan, state }: Past, target: Plan, next: RunState): Outlook['repeats'] {
  const found: { path: string; certain: boolean }[] = [];
  for (const scope of state.scopes.values()) {
    if (isApart(plan, scope)) continue;
    for (const run of scope.runs.values()) {
      const { kind } = run.step.work;
      if ((kind !== 'action' && kind !== 'sub_workflow') || !mayHaveHappened(run) || !target.stepIndex.has(run.step.id))
        continue;
      if (findRun(target, next, keyOf(run)) === undefined)
        found.push({ path: pathOf(plan, run.step, scope), certain: run.status === 'SUCCESS' });
    }
  }
  return found;
}

function mayHaveHappened({ status, error, attempt }: StepRun): boolean {
  return status === 'SUCCESS' || (attempt > 0 && (error === null || isPerhapsDone(error)));
}

/** Handlers, and what undoes or comes last, run again only when something fails again. */
function isApart(plan: Plan, scope: Scope): boolean {
  for (let each: Scope | null = scope; each !== null; each = each.parent)
    if (standsApart({ plan }, each) || plan.blocks[each.block]?.kind === 'handler') return true;
  return false;
}
