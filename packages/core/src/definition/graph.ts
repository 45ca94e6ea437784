/** The graph of each block: dependencies by number, cycles, and who comes before whom. */
import type { Issues } from './issues.ts';
import type { LaidBlock, LaidStep, Layout } from './layout.ts';

export type Graph = {
  /** By step number; ascending, so that the order in which ids are listed changes nothing. */
  readonly dependsOn: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
  /** Position of each step in an order in which dependencies come first, inside its block. */
  readonly rank: readonly number[];
  /** True when `earlier` must have ended before `later` starts; both of one block. */
  isAncestor(earlier: number, later: number): boolean;
};

export function drawGraph(layout: Layout, issues: Issues): Graph {
  const dependsOn = layout.steps.map((step) => resolve(step, layout, issues));
  const dependents: number[][] = layout.steps.map(() => []);
  for (const [index, before] of dependsOn.entries()) for (const each of before) dependents[each]?.push(index);
  const rank: number[] = layout.steps.map(() => 0);
  const ancestors = new Map<number, Uint32Array>();
  const place = new Map<number, number>();
  for (const block of layout.blocks) {
    for (const [position, step] of block.steps.entries()) place.set(step, position);
    const order = sort(block, { dependsOn, dependents });
    for (const [position, step] of order.entries()) rank[step] = position;
    if (order.length < block.steps.length) refuseCycle(block, new Set(order), { layout, dependsOn, issues });
    gatherAncestors(order, { dependsOn, place, ancestors, words: Math.ceil(block.steps.length / 32) });
  }
  return {
    dependsOn,
    dependents,
    rank,
    isAncestor(earlier, later) {
      const at = place.get(earlier) ?? 0;
      return (((ancestors.get(later)?.[at >> 5] ?? 0) >>> (at & 31)) & 1) === 1;
    },
  };
}

function resolve(step: LaidStep, layout: Layout, issues: Issues): readonly number[] {
  const found = new Set<number>();
  (step.document.depends_on ?? []).forEach((id, position) => {
    const pointer = `${step.pointer}/depends_on/${position}`;
    const index = layout.byId.get(id);
    if (id === step.id)
      issues.error({ code: 'depends_on_itself', pointer, message: `\`${id}\` depends on itself, which is a cycle` });
    else if (index === undefined || layout.steps[index]?.block !== step.block)
      refuseUnknown(id, pointer, { step, layout, issues, exists: index !== undefined });
    else if (found.has(index))
      issues.error({ code: 'duplicate_dependency', pointer, message: `\`${id}\` is listed twice` });
    else found.add(index);
  });
  return [...found].sort((a, b) => a - b);
}

function refuseUnknown(
  id: string,
  pointer: string,
  of: { step: LaidStep; layout: Layout; issues: Issues; exists: boolean },
): void {
  const { step, layout, issues, exists } = of;
  if (exists) {
    issues.error({
      code: 'dependency_outside_block',
      pointer,
      message: `\`${id}\` stands in another block; a step depends on steps of its own block only, so depend on the step that holds it`,
    });
    return;
  }
  const siblings = () => (layout.blocks[step.block]?.steps ?? []).flatMap((each) => layout.steps[each]?.id ?? []);
  const suggestion = issues.suggest(id, () => siblings().filter((each) => each !== step.id));
  const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
  issues.error({
    code: 'unknown_dependency',
    pointer,
    message: `there is no step \`${id.slice(0, 128)}\` in this block${hint}`,
    suggestion,
  });
}

type Edges = { readonly dependsOn: Graph['dependsOn']; readonly dependents: Graph['dependents'] };

/** Dependencies first, else document order; steps of a cycle, and what follows them, are missing. */
function sort(block: LaidBlock, { dependsOn, dependents }: Edges): readonly number[] {
  const open = new Map(block.steps.map((step) => [step, dependsOn[step]?.length ?? 0]));
  const order = block.steps.filter((step) => open.get(step) === 0);
  for (let i = 0; i < order.length; i++) {
    for (const next of dependents[order[i] ?? 0] ?? []) {
      const left = (open.get(next) ?? 0) - 1;
      open.set(next, left);
      if (left === 0) order.push(next);
    }
  }
  return order;
}

function refuseCycle(
  block: LaidBlock,
  sorted: ReadonlySet<number>,
  of: { layout: Layout; dependsOn: Graph['dependsOn']; issues: Issues },
): void {
  const { layout, dependsOn, issues } = of;
  // Each step that is left has a dependency that is left: following them leads round in the end.
  const way: number[] = [];
  const seen = new Map<number, number>();
  let at = block.steps.find((step) => !sorted.has(step));
  while (at !== undefined && !seen.has(at)) {
    seen.set(at, way.length);
    way.push(at);
    at = dependsOn[at]?.find((each) => !sorted.has(each));
  }
  if (at === undefined) return;
  const cycle = way.slice(seen.get(at));
  const first = Math.min(...cycle);
  const turned = [...cycle.slice(cycle.indexOf(first)), ...cycle.slice(0, cycle.indexOf(first)), first];
  const id = (step: number) => layout.steps[step]?.id ?? '';
  const position = layout.steps[first]?.document.depends_on?.indexOf(id(turned[1] ?? first)) ?? 0;
  const shown = turned.length > 20 ? [...turned.slice(0, 19).map(id), '…', id(first)] : turned.map(id);
  issues.error({
    code: 'cycle',
    pointer: `${layout.steps[first]?.pointer ?? ''}/depends_on/${position}`,
    message: `these steps form a cycle, so none of them could start: ${shown.join(' → ')} (each depends on the next)`,
  });
}

/** One bit for each step of the block: 5,000 steps in a chain are 3 MB and a few milliseconds. */
function gatherAncestors(
  order: readonly number[],
  of: {
    dependsOn: Graph['dependsOn'];
    place: ReadonlyMap<number, number>;
    ancestors: Map<number, Uint32Array>;
    words: number;
  },
): void {
  for (const step of order) {
    const before = of.dependsOn[step] ?? [];
    if (before.length === 0) continue;
    const bits = new Uint32Array(of.words);
    for (const each of before) {
      const at = of.place.get(each) ?? 0;
      bits[at >> 5] = (bits[at >> 5] ?? 0) | (1 << (at & 31));
      const theirs = of.ancestors.get(each);
      if (theirs !== undefined)
        for (let word = 0; word < bits.length; word++) bits[word] = (bits[word] ?? 0) | (theirs[word] ?? 0);
    }
    of.ancestors.set(step, bits);
  }
}
