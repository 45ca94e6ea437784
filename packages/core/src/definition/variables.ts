/** Who writes which variable. */
import { groupBy } from '../group-by.ts';
import type { WorkflowDocument } from './document.ts';
import type { Graph } from './graph.ts';
import type { Issues } from './issues.ts';
import type { LaidStep, Layout } from './layout.ts';
import { pointerTo } from './pointer.ts';
import { blocksAround, detachedAround } from './view.ts';

/** The steps that write each variable, in the order of numbers. */
export function findWriters({ steps }: Layout): ReadonlyMap<string, readonly LaidStep[]> {
  const writers = new Map<string, LaidStep[]>();
  for (const step of steps) {
    if (!('control' in step.type) || step.type.control.type !== 'set_variables') continue;
    for (const name of Object.keys(step.config)) {
      const known = writers.get(name);
      if (known === undefined) writers.set(name, [step]);
      else known.push(step);
    }
  }
  return writers;
}

export function variableNames(document: WorkflowDocument, writers: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  return new Set([...Object.keys(document.variables ?? {}), ...writers.keys()]);
}

/**
 * Warns when two steps that may run at once write one variable: the later in the journal wins. In an order in which what
 * comes before stands before, comparing neighbours finds whether any two are unordered.
 */
export function warnOfRaces(
  writers: ReadonlyMap<string, readonly LaidStep[]>,
  of: { layout: Layout; graph: Graph; issues: Issues },
): void {
  for (const [name, steps] of writersByExecution(writers, of.layout)) {
    if (steps.length < 2) continue;
    const ways = steps.map((step) => ({ step, way: wayTo(step, of) })).sort((a, b) => compareWays(a.way, b.way));
    const racing = ways.findIndex(({ way }, at) => at > 0 && mayRunAtOnce(ways[at - 1]?.way ?? [], way, of));
    if (racing < 1) continue;
    const [first, second] = [ways[racing - 1]?.step, ways[racing]?.step].sort(
      (a, b) => (a?.index ?? 0) - (b?.index ?? 0),
    );
    if (first === undefined || second === undefined) continue;
    of.issues.warn({
      code: 'variable_race',
      pointer: pointerTo(`${second.pointer}/config`, name),
      message: `\`${first.id}\` and \`${second.id}\` may run at once and both write \`${name}\`: the last one wins; let one depend on the other`,
    });
  }
}

/** Items that are executions of their own have variables of their own: those who write beside them write others. */
function* writersByExecution(writers: ReadonlyMap<string, readonly LaidStep[]>, layout: Layout) {
  for (const [name, steps] of writers)
    for (const group of groupBy(steps, (step) => detachedAround(step, layout)).values()) yield [name, group] as const;
}

/** Items that run at once write in no order that anybody could know. */
export function refuseRacesOfItems(
  writers: ReadonlyMap<string, readonly LaidStep[]>,
  { layout, issues }: { layout: Layout; issues: Issues },
): void {
  for (const [name, steps] of writers) {
    for (const step of steps) {
      const around = blocksAround(step.block, layout).find(
        ({ kind, together }) => (kind === 'item' && together) || kind === 'arrival',
      );
      const owner = layout.steps[around?.owner ?? -1];
      if (owner === undefined) continue;
      const [what, hint] = around?.kind === 'item' ? ['items', 'set `concurrency` to 1, or '] : ['runs', ''];
      issues.error({
        code: 'variable_race',
        pointer: pointerTo(`${step.pointer}/config`, name),
        message: `${what} of \`${owner.id}\` run at once and would overwrite each other's \`${name}\`: ${hint}make it the output of the block`,
      });
    }
  }
}

/** From the outermost block inwards. */
type Way = readonly { readonly block: number; readonly step: number; readonly rank: number }[];

function wayTo(step: LaidStep, { layout, graph }: { layout: Layout; graph: Graph }): Way {
  const way: { block: number; step: number; rank: number }[] = [];
  for (let at: LaidStep | undefined = step; at !== undefined; ) {
    way.push({ block: at.block, step: at.index, rank: graph.rank[at.index] ?? 0 });
    const owner: number | null | undefined = layout.blocks[at.block]?.owner;
    at = typeof owner === 'number' ? layout.steps[owner] : undefined;
  }
  return way.reverse();
}

function compareWays(a: Way, b: Way): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]];
    if (left === undefined || right === undefined) break;
    const order = left.block - right.block || left.rank - right.rank || left.step - right.step;
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function mayRunAtOnce(a: Way, b: Way, { layout, graph }: { layout: Layout; graph: Graph }): boolean {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]];
    if (left === undefined || right === undefined) return false;
    if (left.block !== right.block)
      return i > 0 && [left, right].every((each) => layout.blocks[each.block]?.together === true);
    if (left.step !== right.step)
      return !graph.isAncestor(left.step, right.step) && !graph.isAncestor(right.step, left.step);
  }
  return false;
}
