/** The steps that a `cancel` may name: those of its own block and of the blocks around it, but for the steps that hold it. */
import type { LaidStep } from './layout.ts';
import { blocksAround, holderInSight, viewOf } from './view.ts';
import type { Workshop } from './workshop.ts';

type Reaching = { readonly from: LaidStep; readonly pointer: string; readonly workshop: Workshop };

/** The number of the step, or -1 when it cannot be reached, which is reported. */
export function reachStep(id: string, { from, pointer, workshop }: Reaching): number {
  const { layout, graph, issues } = workshop;
  const around = blocksAround(from.block, layout);
  // Of each block around, the step through which it leads to here: the `cancel` itself first.
  const way = [from.index, ...around.flatMap(({ owner }) => owner ?? [])];
  const target = layout.steps[layout.byId.get(id) ?? -1];
  if (target === undefined || layout.blocks[target.block]?.kind === 'compensation') {
    const reachable = () =>
      around.flatMap(({ steps }) =>
        steps.flatMap((each) => (way.includes(each) ? [] : (layout.steps[each]?.id ?? []))),
      );
    const suggestion = issues.suggest(id, reachable);
    const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
    issues.error({
      code: 'unknown_step',
      pointer,
      message: `there is no step \`${id.slice(0, 128)}\`${hint}`,
      suggestion,
    });
    return -1;
  }
  const depth = around.findIndex(({ index }) => index === target.block);
  if (way.includes(target.index)) {
    const message =
      target === from
        ? `\`${id}\` is this step itself`
        : `\`${id}\` holds this step, so it would be withdrawn together with it; name the steps inside, or end it another way`;
    issues.error({ code: 'step_out_of_reach', pointer, message });
  } else if (depth === -1) {
    refuseInner(target, way, { from, pointer, workshop });
  } else if (graph.isAncestor(target.index, way[depth] ?? from.index)) {
    issues.warn({
      code: 'cancel_without_effect',
      pointer,
      message: `\`${id}\` has ended before this step starts, so there is nothing to cancel`,
    });
  }
  return target.index;
}

function refuseInner(target: LaidStep, way: readonly number[], { from, pointer, workshop }: Reaching): void {
  const { layout, issues } = workshop;
  const holder = holderInSight(viewOf(from, layout), target, layout);
  const canBeNamed = holder !== undefined && !way.includes(holder.index);
  const hint = canBeNamed ? `; name \`${holder.id}\`, which holds it` : '';
  issues.error({
    code: 'step_out_of_reach',
    pointer,
    message: `\`${target.id}\` stands in another block: only steps of the same block and of the blocks around it can be named${hint}`,
    suggestion: canBeNamed ? holder.id : undefined,
  });
}
