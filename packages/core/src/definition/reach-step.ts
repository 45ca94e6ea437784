/** The steps that a `cancel` may name: all that may run beside it, nested ones included, but for the steps that hold it. */
import type { LaidBlock, LaidStep, Layout } from './layout.ts';
import { blocksAround, detachedAround, holderInSight, viewOf } from './view.ts';
import type { Workshop } from './workshop.ts';

type Reaching = { readonly from: LaidStep; readonly pointer: string; readonly workshop: Workshop };

/** The number of the step, or -1 when it cannot be reached, which is reported. */
export function reachStep(id: string, { from, pointer, workshop }: Reaching): number {
  const { layout, issues } = workshop;
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
  if (way.includes(target.index)) {
    const message =
      target === from
        ? `\`${id}\` is this step itself`
        : `\`${id}\` holds this step, so it would be withdrawn together with it; name the steps inside, or end it another way`;
    issues.error({ code: 'step_out_of_reach', pointer, message });
    return -1;
  }
  const holder = holderInSight(viewOf(from, layout), target, layout);
  if (holder === undefined || detachedAround(from, layout) !== detachedAround(target, layout)) {
    issues.error({
      code: 'step_out_of_reach',
      pointer,
      message: `\`${id}\` stands in a part of the workflow that is over, has not begun, or is an execution of its own, while this step runs`,
    });
    return -1;
  }
  const before = way[around.findIndex(({ index }) => index === holder.block)] ?? from.index;
  if (hasEnded(target, { holder, before, workshop }) || isOtherChoice(target, holder, { way, around, layout })) {
    issues.warn({
      code: 'cancel_without_effect',
      pointer,
      message: `\`${id}\` has ended before this step starts, or never runs beside it, so there is nothing to cancel`,
    });
  }
  return target.index;
}

type Held = { readonly holder: LaidStep; readonly before: number; readonly workshop: Workshop };

/** Certainly: branches and items may run on when the step that holds them has ended. */
function hasEnded(target: LaidStep, { holder, before, workshop: { graph, layout } }: Held): boolean {
  if (!graph.isAncestor(holder.index, before)) return false;
  return stepsAround(target, layout).every(
    ({ index, document: { type } }) => index < holder.index || !['parallel', 'for_each'].includes(type),
  );
}

type Around = { readonly way: readonly number[]; readonly around: readonly LaidBlock[]; readonly layout: Layout };

/** It stands in another case, or another option, of a step that holds both and runs one of them. */
function isOtherChoice(target: LaidStep, holder: LaidStep, { way, around, layout }: Around): boolean {
  if (!way.includes(holder.index)) return false;
  const ours = around.find(({ owner }) => owner === holder.index);
  const theirs = blocksAround(target.block, layout).find(({ owner }) => owner === holder.index);
  return ours !== undefined && theirs !== undefined && !(ours.together && theirs.together);
}

function stepsAround(step: LaidStep, layout: Layout): readonly LaidStep[] {
  return blocksAround(step.block, layout).flatMap(({ owner }) => layout.steps[owner ?? -1] ?? []);
}
