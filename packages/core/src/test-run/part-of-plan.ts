/** A plan of which some steps are not run: their output is given, or they do not lead to the step that is looked at. */
import { looksOf } from '../definition/looks.ts';
import type { OnError, Plan, PlanBlock, PlanStep } from '../definition/plan.ts';
import type { Template } from '../expression/expression.ts';
import type { Json } from '../json.ts';

export type Pinned = { readonly [stepId: string]: Json };

/** `steps`: the ids of those that may run. `reads`: of those that do not, the ones whose outcome they read. */
export type PartOfPlan = {
  readonly plan: Plan;
  readonly steps: ReadonlySet<string>;
  readonly reads: readonly string[];
};

/** Each pinned step succeeds with its output, where it stands and whenever its turn comes. */
export function withPinned(plan: Plan, pinned: Pinned): Plan {
  const steps = plan.steps.map((step) => {
    const value = pinned[step.id];
    return value === undefined || !Object.hasOwn(pinned, step.id) ? step : pin(step, value);
  });
  return { ...plan, steps };
}

function pin(step: PlanStep, value: Json): PlanStep {
  return { ...step, ...UNCONDITIONAL, output: null, work: { kind: 'transform', output: constant(value) } };
}

const FAIL: OnError = { kind: 'fail' };
const UNCONDITIONAL = { when: null, milestone: null, lock: null, compensation: null, onError: FAIL } as const;

function constant(value: Json): Template {
  return { references: [], volatile: false, constant: true, type: 'dyn', evaluate: () => value };
}

/**
 * The steps that lead to this one, and it. What leads only to a pinned step is left out, as is what would follow a failure.
 * Around the step, other cases, branches and the handlers stay, and the whole body of a loop, whose condition may ask for it.
 */
export function upTo(plan: Plan, target: PlanStep, pinned: Pinned): PartOfPlan {
  const needed = stepsUpTo(plan, target, pinned);
  if (needed === null) return { plan: withPinned(plan, pinned), steps: new Set(plan.stepIndex.keys()), reads: [] };
  const cut = (indexes: readonly number[]): readonly number[] => indexes.filter((each) => needed.has(each));
  const whole = withPinned(plan, pinned);
  const steps = whole.steps.map((step) => ({
    ...step,
    dependsOn: cut(step.dependsOn),
    dependents: cut(step.dependents),
    compensation: null,
  }));
  const blocks = plan.blocks.map((block) => ({ ...block, steps: cut(block.steps) }));
  const run = steps.filter(({ index }) => needed.has(index));
  return {
    plan: { ...whole, steps, blocks, output: null, onFailure: null, onCancel: null },
    steps: new Set(run.map(({ id }) => id)),
    reads: readsOf(run),
  };
}

/** Null when it does not stand below the top block: what leads to it is the failure, or the cancelling, of anything. */
function stepsUpTo(plan: Plan, target: PlanStep, pinned: Pinned): ReadonlySet<number> | null {
  const needed = new Set<number>();
  const partial = new Set<number>();
  for (let at: PlanStep | undefined = target; at !== undefined; ) {
    for (const each of leadingTo(plan, at, pinned)) needed.add(each);
    const block: PlanBlock | undefined = plan.blocks[at.block];
    const owner: PlanStep | undefined = plan.steps[block?.owner ?? -1];
    if (block === undefined || (owner === undefined && block.kind !== 'top') || block.kind === 'compensation')
      return null;
    if (owner !== undefined && owner.work.kind !== 'loop') partial.add(block.index);
    at = owner;
  }
  // Blocks are numbered from outside to inside: what stands in a needed step is needed, but for what was cut on the way.
  for (const { index, owner, steps } of plan.blocks)
    if (owner !== null && needed.has(owner) && owner !== target.index && !partial.has(index))
      for (const each of steps) needed.add(each);
  for (const index of insideOf(plan, target)) needed.add(index);
  return needed;
}

/** Of all that leads to it: what is pinned, and what is met before that on the way back. */
function leadingTo(plan: Plan, target: PlanStep, pinned: Pinned): ReadonlySet<number> {
  const isPinned = (index: number): boolean => Object.hasOwn(pinned, plan.steps[index]?.id ?? '');
  const all = follow(plan, target, () => false);
  // A jump back begins steps again, and what is to be cancelled has to be there: then none of them may be missing.
  const met = follow(plan, target, isPinned);
  if ([...met].some((index) => namedBy(plan.steps[index]).length > 0)) return all;
  return new Set([...all].filter((index) => met.has(index) || isPinned(index)));
}

/** With what a step that jumps or cancels names. */
function follow(plan: Plan, target: PlanStep, isEnough: (index: number) => boolean): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [target.index];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const step = plan.steps[index];
    if (step === undefined || found.has(index)) continue;
    found.add(index);
    if (!isEnough(index)) open.push(...step.dependsOn, ...namedBy(step));
  }
  return found;
}

function namedBy(step: PlanStep | undefined): readonly number[] {
  if (step?.work.kind === 'goto') return [step.work.step];
  return step?.work.kind === 'cancel' ? step.work.steps : [];
}

/** The indexes of the steps that stand in blocks of this one. */
function insideOf({ blocks }: Plan, { index: owner }: PlanStep): ReadonlySet<number> {
  const inside = new Set<number>();
  const owners = new Set([owner]);
  for (const block of blocks) {
    if (block.owner === null || !owners.has(block.owner)) continue;
    for (const each of block.steps) {
      inside.add(each);
      owners.add(each);
    }
  }
  return inside;
}

/** One step with what stands in it, as if it stood alone: whatever would hold it back is not asked. */
export function alone(plan: Plan, target: PlanStep): PartOfPlan {
  const inside = insideOf(plan, target);
  const step: PlanStep = {
    ...target,
    ...UNCONDITIONAL,
    onError: target.onError,
    block: 0,
    dependsOn: [],
    dependents: [],
    join: { kind: 'all' },
  };
  const run = [step, ...[...inside].flatMap((index) => plan.steps[index] ?? [])];
  return {
    plan: {
      ...plan,
      steps: plan.steps.map((each) => (each.index === target.index ? step : each)),
      blocks: plan.blocks.map((block) => (block.index === 0 ? { ...block, steps: [target.index] } : block)),
      // Other steps are what stands around it: they are looked for in what the run is given.
      stepIndex: new Map([...plan.stepIndex].filter(([, index]) => index === target.index || inside.has(index))),
      output: null,
      timeoutMs: null,
      onFailure: null,
      onCancel: null,
      concurrency: null,
    },
    steps: new Set(run.map(({ id }) => id)),
    reads: readsOf(run),
  };
}

/** The steps around these whose outcome they read. */
function readsOf(steps: readonly PlanStep[]): readonly string[] {
  const looks = looksOf(steps).get('steps');
  return looks === undefined || looks === 'whole' ? [] : [...looks.keys()];
}
