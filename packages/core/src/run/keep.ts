/**
 * What of an ended execution a retry keeps. A step that ended of its own accord is kept *whole*, with everything inside. A
 * step with blocks that did not is kept *in part*: its items, rounds and branches are looked into, and what ended in them is
 * kept. All else runs anew.
 */
import type { Plan, PlanBlock, PlanStep } from '../definition/plan.ts';
import { ownScopes } from './output.ts';
import type { Past } from './past.ts';
import { pathOf, type Scope, type StepRun } from './state.ts';

export type Kept = {
  readonly runs: Map<StepRun, 'whole' | 'part'>;
  /** `ended`: an item of which every step is kept, whatever became of it when the execution stopped. */
  readonly scopes: Map<Scope, 'whole' | 'part' | 'ended'>;
  /** Runs that are kept although they were undone when the execution ended. */
  readonly undone: StepRun[];
  /** A step that `from` names was met, in the top block or in blocks that are gone into. */
  readonly found: boolean;
};

type Question = {
  readonly past: Past;
  readonly target: Plan;
  readonly from: string;
  readonly kept: { -readonly [Field in keyof Kept]: Kept[Field] };
};

/** What has no outcome of its own runs again, and nothing else. */
const FAILED = 'failed';

/** `from`: `failed`, or the id of a step, or the path of one run of it, where the retry starts. */
export function keep(past: Past, target: Plan, from: string): Kept {
  const kept: Question['kept'] = { runs: new Map(), scopes: new Map(), undone: [], found: from === FAILED };
  lookInto({ past, target, from, kept }, past.state.top);
  return kept;
}

/** Looks at each step of a block that goes on. */
function lookInto(q: Question, scope: Scope): void {
  const { past, kept } = q;
  kept.scopes.set(scope, 'part');
  if (!canKeepRounds(q, scope)) return;
  for (const run of [...(scope.past?.values() ?? [])].flat()) keepWhole(q, run, run);
  const again = runAgain(q, scope);
  for (const run of scope.runs.values()) {
    const { step } = run;
    if (again.has(step.id) || !corresponds(past.plan, q.target, step)) continue;
    if (holdsStart(q, run)) keepPart(q, run);
    else if (isKeepable(past, run)) keepWhole(q, run, run);
    else keepPart(q, run);
  }
}

/** Where a `goto` has led back, what counts since rests on all that it left behind: it has to lead to the same in the target. */
function canKeepRounds({ past: { plan }, target }: Question, { past }: Scope): boolean {
  if (past === null || plan === target) return true;
  const ids = (of: Plan, id: string): string => {
    const work = of.steps[of.stepIndex.get(id) ?? -1]?.work;
    return work?.kind === 'goto' ? work.again.map((index) => of.steps[index]?.id).join() : '';
  };
  for (const [index] of past) {
    const step = plan.steps[index];
    if (step?.work.kind === 'goto' && ids(plan, step.id) !== ids(target, step.id)) return false;
  }
  return true;
}

/** Ids of the steps of this block that run again whatever came of them: where the retry starts, what is new, and all that depends on either. */
function runAgain(q: Question, scope: Scope): ReadonlySet<string> {
  const { past, target } = q;
  const again = new Set<string>();
  const steps = blockIn(q, scope)?.steps.flatMap((index) => target.steps[index] ?? []) ?? [];
  const pending: PlanStep[] = [];
  for (const step of steps) {
    const old = past.plan.steps[past.plan.stepIndex.get(step.id) ?? -1];
    const run = old === undefined ? undefined : scope.runs.get(old.index);
    const isNew = old === undefined || !corresponds(past.plan, target, old);
    if (isNew || isStart(q, step.id, run)) {
      again.add(step.id);
      pending.push(step);
    } else if (run !== undefined && holdsStart(q, run)) {
      pending.push(step);
    }
  }
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    for (const index of step.dependents) {
      const dependent = target.steps[index];
      if (dependent === undefined || again.has(dependent.id)) continue;
      again.add(dependent.id);
      pending.push(dependent);
    }
  }
  return again;
}

function isStart({ past, from, kept }: Question, id: string, run: StepRun | undefined): boolean {
  if (from === FAILED) return false;
  const is = id === from || (run !== undefined && pathOf(past.plan, run.step, run.scope) === from);
  if (is) kept.found = true;
  return is;
}

/** True when the retry starts at a step inside one of the blocks of this run. */
function holdsStart(q: Question, run: StepRun): boolean {
  if (q.from === FAILED) return false;
  return ownScopes(q.past.plan, run).some((scope) => isStartIn(q, scope));
}

function isStartIn(q: Question, scope: Scope): boolean {
  for (const run of scope.runs.values()) if (isStart(q, run.step.id, run) || holdsStart(q, run)) return true;
  return false;
}

/** Ended of its own accord, in a way that the execution went on from. A `terminate` would not end the execution a second time. */
function isKeepable({ stopped }: Past, run: StepRun): boolean {
  const { step, status } = run;
  if (step.work.kind === 'terminate') return false;
  if (status === 'SUCCESS') return true;
  if (stopped.has(run)) return false;
  return (
    status === 'SKIPPED' || (status === 'FAILED' && (step.onError.kind === 'continue' || step.onError.kind === 'skip'))
  );
}

/** `root`: the run whose outcome settles everything inside it. */
function keepWhole(q: Question, run: StepRun, root: StepRun): void {
  const { past, kept } = q;
  kept.runs.set(run, 'whole');
  for (const scope of run.inner) {
    const by = past.undoing.get(scope);
    if (past.plan.blocks[scope.block]?.kind === 'compensation' && (by === undefined || !isInside(by, root))) {
      kept.undone.push(run);
    } else if (scope.lingers) {
      lookInto(q, scope); // nothing waited for it, and the end of the execution stopped it
    } else {
      kept.scopes.set(scope, 'whole');
      for (const inner of scope.runs.values()) keepWhole(q, inner, root);
    }
  }
}

function isInside(scope: Scope, run: StepRun): boolean {
  for (let each: Scope | null = scope; each !== null; each = each.parent) if (each.owner === run) return true;
  return false;
}

/** Its blocks go on where they were; a step that opened none, or whose blocks are others by now, runs anew. */
function keepPart(q: Question, run: StepRun): void {
  const { past, target, kept } = q;
  const own = ownScopes(past.plan, run);
  if (run.step.lock !== null) return; // nobody holds it any more: it is asked for anew
  if (own.length === 0 || countsArrivals(past.plan, run.step) || !hasSameBlocks(past.plan, target, run.step)) return;
  kept.runs.set(run, 'part');
  for (const scope of own) {
    lookInto(q, scope);
    if (run.step.work.kind === 'for_each' && hasEnded(q, scope)) kept.scopes.set(scope, 'ended');
    // What comes after the round where it starts was made of what that round gave.
    if (run.step.work.kind === 'loop' && isStartIn(q, scope)) return;
  }
}

/** Arrivals are taken in the order in which they came, across steps: where that was interrupted, it begins anew. */
function countsArrivals({ steps }: Plan, step: PlanStep): boolean {
  const counts = ({ join }: PlanStep) => join.kind === 'each' || join.kind === 'sets';
  return counts(step) || step.dependents.some((index) => steps[index] !== undefined && counts(steps[index]));
}

/** True when every step that the block has in the target is kept. */
function hasEnded(q: Question, scope: Scope): boolean {
  const ended = new Set<string>();
  for (const run of scope.runs.values()) if (q.kept.runs.get(run) === 'whole') ended.add(run.step.id);
  return blockIn(q, scope)?.steps.every((index) => ended.has(q.target.steps[index]?.id ?? '')) ?? false;
}

/** True when the other version has this step in the same place and of the same type. */
export function corresponds(plan: Plan, target: Plan, step: PlanStep): boolean {
  if (plan === target) return true;
  const other = target.steps[target.stepIndex.get(step.id) ?? -1];
  if (other === undefined || other.type !== step.type) return false;
  const [block, otherBlock] = [plan.blocks[step.block], target.blocks[other.block]];
  if (block?.kind !== otherBlock?.kind || block?.name !== otherBlock?.name) return false;
  return ownerId(plan, block) === ownerId(target, otherBlock);
}

function ownerId(plan: Plan, block: PlanBlock | undefined): string | undefined {
  return block?.owner == null ? undefined : plan.steps[block.owner]?.id;
}

function hasSameBlocks(plan: Plan, target: Plan, step: PlanStep): boolean {
  if (plan === target) return true;
  const other = target.steps[target.stepIndex.get(step.id) ?? -1];
  return other !== undefined && namesOf(plan, step) === namesOf(target, other);
}

function namesOf({ blocks }: Plan, { index }: PlanStep): string {
  const own = blocks.filter(
    ({ owner, kind }) => owner === index && (kind === 'case' || kind === 'round' || kind === 'item'),
  );
  return own.map(({ name }) => name).join();
}

/** The block of the target that a block instance of the past stands for. */
function blockIn({ past, target }: Question, { block }: Scope): PlanBlock | undefined {
  const old = past.plan.blocks[block];
  if (past.plan === target || old === undefined) return old;
  const owner = target.stepIndex.get(ownerId(past.plan, old) ?? '') ?? null;
  return target.blocks.find((each) => each.owner === owner && each.name === old.name && each.kind === old.kind);
}
