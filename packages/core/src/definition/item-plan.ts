/**
 * The plan of one item of a `for_each` that does not wait: its block as a workflow of its own, with its steps and blocks
 * numbered anew. Named by the id of the `for_each`, which a published version keeps, so that what runs can be found for ever.
 */
import { type Looks, looksOf } from './looks.ts';
import type { OnError, Plan, PlanBlock, PlanStep, WaitOption, Work } from './plan.ts';

/** `looks`: what its expressions read of what is around it. */
export type ItemPlan = { readonly plan: Plan; readonly looks: Looks };

/** Undefined when the plan has no such step. Made once for each step that is asked for, and kept for as long as the plan is. */
export function itemPlan(plan: Plan, stepId: string): ItemPlan | undefined {
  const known = made.get(plan)?.get(stepId);
  if (known !== undefined) return known;
  const { work } = plan.steps[plan.stepIndex.get(stepId) ?? -1] ?? {};
  if (work?.kind !== 'for_each') return undefined;
  const item = makeItemPlan(plan, work.block);
  if (!made.has(plan)) made.set(plan, new Map());
  made.get(plan)?.set(stepId, item);
  return item;
}

const made = new WeakMap<Plan, Map<string, ItemPlan>>();

function makeItemPlan(plan: Plan, top: number): ItemPlan {
  const blocks = plan.blocks.filter(({ index }) => isInside(plan, index, top));
  const blockNumbers = new Map(blocks.map(({ index }, at) => [index, at]));
  const steps = plan.steps.filter(({ block }) => blockNumbers.has(block));
  const stepNumbers = new Map(steps.map(({ index }, at) => [index, at]));
  const numbers = {
    block: (of: number) => blockNumbers.get(of) ?? -1,
    step: (of: number) => stepNumbers.get(of) ?? -1,
  };
  const own = steps.map((step) => renumberStep(step, numbers));
  return {
    plan: {
      workflowId: plan.workflowId,
      version: plan.version,
      steps: own,
      blocks: blocks.map((block) => renumberBlock(block, block.index === top, numbers)),
      stepIndex: new Map(own.map(({ id, index }) => [id, index])),
      variables: {},
      output: null,
      hasSensitive: own.some(({ sensitive }) => sensitive),
      hidesOutput: own.some(({ sensitive }) => sensitive), // the outputs of its steps, which nobody waits for
      timeoutMs: null,
      onFailure: null,
      onCancel: null,
      credentials: plan.credentials,
      operations: plan.operations,
      hasTimedMilestones: own.some(({ milestone }) => milestone !== null && milestone.reads === null),
      concurrency: null,
      priority: plan.priority,
      checkInput: () => [],
    },
    looks: looksOf(steps),
  };
}

function isInside(plan: Plan, index: number, top: number): boolean {
  for (let at: number | undefined = index; at !== undefined; ) {
    if (at === top) return true;
    const owner: number | null | undefined = plan.blocks[at]?.owner;
    at = typeof owner === 'number' ? plan.steps[owner]?.block : undefined;
  }
  return false;
}

/** From numbers of the whole plan to those of the part. */
type Numbers = { readonly block: (of: number) => number; readonly step: (of: number) => number };

function renumberBlock(of: PlanBlock, isTop: boolean, { block, step }: Numbers): PlanBlock {
  const own = { ...of, index: block(of.index), steps: of.steps.map(step) };
  if (isTop) return { ...own, name: '', kind: 'top', owner: null };
  return { ...own, owner: of.owner === null ? null : step(of.owner) };
}

function renumberStep(of: PlanStep, numbers: Numbers): PlanStep {
  const { block, step } = numbers;
  return {
    ...of,
    index: step(of.index),
    block: block(of.block),
    dependsOn: of.dependsOn.map(step),
    dependents: of.dependents.map(step),
    onError: renumberHandler(of.onError, numbers),
    compensation: of.compensation === null ? null : block(of.compensation),
    work: renumberWork(of.work, numbers),
  };
}

function renumberHandler(of: OnError, { block }: Numbers): OnError {
  return of.kind === 'handler' ? { ...of, block: block(of.block) } : of;
}

function renumberWork(work: Work, { block, step }: Numbers): Work {
  switch (work.kind) {
    case 'switch':
      return {
        ...work,
        cases: work.cases.map((each) => ({ ...each, block: block(each.block) })),
        default: work.default === null ? null : block(work.default),
      };
    case 'block':
    case 'loop':
    case 'for_each':
      return { ...work, block: block(work.block) };
    case 'parallel':
      return { ...work, branches: work.branches.map((each) => ({ ...each, block: block(each.block) })) };
    case 'wait_any':
      return { ...work, options: work.options.map((each) => renumberOption(each, block)) };
    case 'goto':
      return { ...work, step: step(work.step), again: work.again.map(step) };
    case 'cancel':
      return { ...work, steps: work.steps.map(step) };
    case 'transform':
    case 'set_variables':
    case 'wait':
    case 'sub_workflow':
    case 'terminate':
    case 'function':
    case 'action':
      return work; // holds no steps, and names none
  }
}

function renumberOption(option: WaitOption, block: Numbers['block']): WaitOption {
  return option.block === null ? option : { ...option, block: block(option.block) };
}
