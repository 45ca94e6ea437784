/**
 * Steps that cannot be followed by anything: where they succeed, the execution is over. A `terminate`, and a step whose blocks
 * cannot come to their end without one.
 */
import type { OnError, Plan, PlanBlock, PlanStep, Work } from '../plan.ts';

export type CertainEnds = {
  /** What follows this step can never run. */
  endsExecution(step: PlanStep): boolean;
};

export function findCertainEnds(plan: Plan): CertainEnds {
  const named = namedByCancel(plan);
  const apart = blocksAtTheEnd(plan);
  const blockEnds: boolean[] = [];
  const stepEnds: boolean[] = [];
  // A block stands behind its owner, and inner ones behind those around: from the end, the inside is known first.
  for (const block of [...plan.blocks].reverse()) {
    for (const index of block.steps) {
      const step = plan.steps[index];
      if (step !== undefined) stepEnds[index] = !apart.has(block.index) && endsByItself(step);
    }
    // One that fails quietly, by an expression, lets its block come to its end all the same.
    blockEnds[block.index] = certainSteps(block).some(
      ({ index, onError }) => stepEnds[index] === true && onError.kind === 'fail',
    );
  }

  function endsByItself({ onError, work, index }: PlanStep): boolean {
    if (onError.kind === 'continue' || onError.kind === 'handler' || named.completed.has(index)) return false;
    return work.kind === 'terminate' || insideEnds(work);
  }

  function insideEnds(work: Work): boolean {
    const ends = (block: number | null) => block !== null && blockEnds[block] === true;
    switch (work.kind) {
      case 'block':
        return plan.blocks[work.block]?.kind === 'case' && ends(work.block);
      case 'parallel': {
        const left = work.branches.filter(({ block }) => !ends(block)).length;
        return left < (work.join.kind === 'count' ? work.join.count : work.branches.length);
      }
      case 'switch':
        return work.mode === 'first' && [...work.cases.map(({ block }) => block), work.default].every(ends);
      case 'wait_any':
        return work.options.every(({ block }) => ends(block));
      case 'loop':
        return work.until !== null && ends(work.block); // there is always a first round
      default:
        return false;
    }
  }

  /** The steps of the block that have run whenever it comes to its end. */
  function certainSteps({ steps }: PlanBlock): readonly PlanStep[] {
    const own = steps.flatMap((each) => plan.steps[each] ?? []);
    const mayTurn = own.some(
      ({ work, join }) => work.kind === 'goto' || (join.kind === 'count' && join.cancelRemaining),
    );
    if (mayTurn) return [];
    const certain = new Set<number>();
    for (const step of dependenciesFirst(own)) if (isCertain(step, certain)) certain.add(step.index);
    return own.filter(({ index }) => certain.has(index));
  }

  function isCertain({ index, when, milestone, join, dependsOn }: PlanStep, certain: ReadonlySet<number>): boolean {
    if (when !== null || milestone !== null || named.any.has(index)) return false;
    if (join.kind === 'all') return dependsOn.every((each) => certain.has(each) && kindOfError(each) !== 'skip');
    if (join.kind !== 'count') return false;
    const succeeding = dependsOn.filter((each) => certain.has(each) && ['fail', 'handler'].includes(kindOfError(each)));
    return dependsOn.length === 0 || succeeding.length >= join.count;
  }

  function kindOfError(index: number): OnError['kind'] {
    return plan.steps[index]?.onError.kind ?? 'skip';
  }

  return { endsExecution: ({ index }) => stepEnds[index] === true };
}

/** In an order in which each stands behind those that it depends on. */
export function dependenciesFirst(steps: readonly PlanStep[]): readonly PlanStep[] {
  const byIndex = new Map(steps.map((step) => [step.index, step]));
  const open = new Map(steps.map((step) => [step.index, step.dependsOn.length]));
  const order = steps.filter(({ dependsOn }) => dependsOn.length === 0);
  for (let at = 0; at < order.length; at += 1) {
    for (const next of order[at]?.dependents ?? []) {
      const left = (open.get(next) ?? 0) - 1;
      open.set(next, left);
      const step = byIndex.get(next);
      if (left === 0 && step !== undefined) order.push(step);
    }
  }
  return order;
}

function namedByCancel({ steps }: Plan): {
  readonly any: ReadonlySet<number>;
  readonly completed: ReadonlySet<number>;
} {
  const any = new Set<number>();
  const completed = new Set<number>();
  for (const { work } of steps) {
    if (work.kind !== 'cancel') continue;
    for (const each of work.steps) (work.outcome === 'complete' ? completed : any).add(each);
    for (const each of work.steps) any.add(each);
  }
  return { any, completed };
}

/** What runs when the execution ends already: a `terminate` in there ends nothing, and what follows it runs. */
export function blocksAtTheEnd({ blocks, steps }: Plan): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { index, kind, owner } of blocks) {
    const around = owner === null ? -1 : (steps[owner]?.block ?? -1);
    const isLast = kind === 'compensation' || kind === 'on_failure' || kind === 'on_cancel';
    if (isLast || found.has(around)) found.add(index);
  }
  return found;
}
