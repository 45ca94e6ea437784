/** Where a `goto` may lead: to a step of its own block that has ended whenever it runs. */
import type { LaidStep } from './layout.ts';
import { gotoType } from './types/goto.ts';
import { blocksAround } from './view.ts';
import type { Workshop } from './workshop.ts';

type Going = { readonly from: LaidStep; readonly pointer: string; readonly workshop: Workshop };

/** The step, and the steps of the block that run again; -1 when the `goto` cannot lead there, which is reported. */
export function goBack(id: string, going: Going): { readonly step: number; readonly again: readonly number[] } {
  const { from, pointer, workshop } = going;
  const { layout, graph, issues } = workshop;
  const siblings = layout.blocks[from.block]?.steps ?? [];
  const target = layout.steps[layout.byId.get(id) ?? -1];
  if (target === undefined || !graph.isAncestor(target.index, from.index) || target.block !== from.block) {
    const earlier = () =>
      siblings.flatMap((each) => (graph.isAncestor(each, from.index) ? (layout.steps[each]?.id ?? []) : []));
    const suggestion = issues.suggest(id, earlier) ?? onlyOne(earlier());
    const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
    const code = target === undefined ? 'unknown_step' : 'goto_not_back';
    issues.error({ code, pointer, message: `${whyNot(id, target, from)}${hint}`, suggestion });
    return { step: -1, again: [] };
  }
  if (isAlwaysTaken(from, workshop)) {
    issues.warn({
      code: 'goto_always_taken',
      pointer: from.pointer,
      message: `nothing keeps this \`goto\` from being taken, so it ends with \`goto_limit\`; give it a \`when\``,
    });
  }
  const again = siblings.filter((each) => each === target.index || graph.isAncestor(target.index, each));
  return { step: target.index, again };
}

function whyNot(id: string, target: LaidStep | undefined, from: LaidStep): string {
  if (target === undefined) return `there is no step \`${id.slice(0, 128)}\``;
  if (target === from) return `\`${id}\` is this step itself`;
  if (target.block !== from.block)
    return `\`${id}\` stands in another block; a \`goto\` leads to a step of its own block`;
  return `\`${id}\` does not come before this step: a \`goto\` leads to a step that it depends on, directly or through others`;
}

function onlyOne(ids: readonly string[]): string | undefined {
  return ids.length === 1 ? ids[0] : undefined;
}

/** True when it and all that it depends on run each time, and nothing in its block could end or cancel it. */
function isAlwaysTaken(from: LaidStep, { layout, graph }: Workshop): boolean {
  const block = layout.blocks[from.block];
  if (block === undefined || layout.steps.some((step) => mayEnd(step, from, layout))) return false;
  const way = block.steps.filter((each) => each === from.index || graph.isAncestor(each, from.index));
  return way.every((each) => {
    const { when, join = 'all', on_error: onError = 'fail' } = layout.steps[each]?.document ?? {};
    return when === undefined && join === 'all' && onError !== 'skip';
  });
}

/** A `terminate`, `cancel` or other `goto` in the same block, or in a block inside. */
function mayEnd(step: LaidStep, from: LaidStep, layout: Workshop['layout']): boolean {
  if (step === from || !('control' in step.type)) return false;
  const { control } = step.type;
  if (control !== gotoType && control.type !== 'terminate' && control.type !== 'cancel') return false;
  return blocksAround(step.block, layout).some(({ index }) => index === from.block);
}
