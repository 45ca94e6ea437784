/** From where an expression looks: the names it may use, and the steps it can see. */
import type { Graph } from './graph.ts';
import type { LaidBlock, LaidStep, Layout } from './layout.ts';

export type View = {
  /** The block it stands in; null for the output of the workflow. */
  readonly block: number | null;
  /** The step it belongs to, which sees what it depends on; null where the whole block has ended. */
  readonly step: number | null;
  readonly names: readonly string[];
};

const always = ['input', 'vars', 'steps', 'execution', 'workflow', 'tenant', 'trigger'];

/** All names with a meaning of their own somewhere; those that exist only in some places included. */
export const rootNames: readonly string[] = [
  ...always,
  'index',
  'loop',
  'result',
  'error',
  'signal',
  'arrival',
  'secrets',
];

export function viewOf(step: LaidStep, layout: Layout, extra: readonly string[] = []): View {
  return { block: step.block, step: step.index, names: [...namesIn(step.block, layout), ...extra] };
}

/** After all steps of a block have ended: `until` of a loop. */
export function viewAfter(block: number, layout: Layout): View {
  return { block, step: null, names: namesIn(block, layout) };
}

/** Before anything has begun: the key of `concurrency`. */
export const viewOfInput: View = { block: null, step: null, names: ['input', 'workflow', 'tenant'] };

/** After all steps have ended: the output of the workflow. */
export const viewOfEnd: View = { block: null, step: null, names: always };

function namesIn(block: number, layout: Layout): readonly string[] {
  return [...new Set([...always, ...blocksAround(block, layout).flatMap(({ names }) => names)])];
}

/** The block itself, then the block of its owner, and so on outwards. */
export function blocksAround(block: number, layout: Layout): readonly LaidBlock[] {
  const around: LaidBlock[] = [];
  for (
    let at = layout.blocks[block];
    at !== undefined;
    at = at.owner === null ? undefined : layout.blocks[layout.steps[at.owner]?.block ?? -1]
  ) {
    around.push(at);
  }
  return around;
}

/** The block around the step whose instances are executions of their own; undefined where there is none. */
export function detachedAround({ block }: LaidStep, layout: Layout): LaidBlock | undefined {
  return blocksAround(block, layout).find(({ detached }) => detached);
}

/** True where every step of the top block has ended, or will not run any more. */
export function seesWholeTop(view: View, layout: Layout): boolean {
  if (view.block === null) return true;
  return blocksAround(view.block, layout).some(
    ({ kind }) => kind === 'compensation' || kind === 'on_failure' || kind === 'on_cancel',
  );
}

/**
 * Whether a step has certainly ended (or is the one being handled or undone) where the expression stands: an ancestor in
 * its own block, or one of an enclosing block.
 */
export function canSee(view: View, target: LaidStep, { layout, graph }: { layout: Layout; graph: Graph }): boolean {
  if (target.block === 0 && seesWholeTop(view, layout)) return true;
  let block = view.block;
  let step = view.step;
  while (block !== null) {
    if (target.block === block && (step === null || graph.isAncestor(target.index, step))) return true;
    const { owner, kind } = layout.blocks[block] as LaidBlock;
    if (owner === target.index && (kind === 'handler' || kind === 'compensation')) return true;
    step = owner;
    block = owner === null ? null : (layout.steps[owner]?.block ?? null);
  }
  return false;
}

/** The step of the expression's own or an enclosing block inside which the target stands; undefined when there is none. */
export function holderInSight(view: View, target: LaidStep, layout: Layout): LaidStep | undefined {
  const around = new Set(view.block === null ? [0] : blocksAround(view.block, layout).map(({ index }) => index));
  for (let each: LaidStep | undefined = target; each !== undefined; ) {
    if (around.has(each.block)) return each;
    const owner: number | null | undefined = layout.blocks[each.block]?.owner;
    each = typeof owner === 'number' ? layout.steps[owner] : undefined;
  }
  return undefined;
}
