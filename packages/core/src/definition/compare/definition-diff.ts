/**
 * What makes one definition differ from another: steps by their ids, wherever they stand, and everything else field by field.
 * It is empty when both are the same but for the order of fields.
 */
import { groupBy } from '../../group-by.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { WorkflowDocument } from '../document.ts';
import { pointerTo } from '../pointer.ts';
import { walkDocument, walkStep } from '../schema/walk.ts';
import { longestRise } from './longest-rise.ts';
import { changesBetween, type FieldChange } from './value-changes.ts';

export type DefinitionDiff = {
  /** Outside of steps. */
  readonly fields: readonly FieldChange[];
  /** In the order of the definition after; removed ones last. */
  readonly steps: readonly StepChange[];
};

export type StepChange = {
  readonly id: string;
  /** As it is after the change; of a removed step, as it was. */
  readonly type: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Where it stands now; of a removed step, where it stood. */
  readonly pointer: string;
  /** It stands in another block, or in another order in the same. */
  readonly movedFrom?: string;
  /** Pointers are relative to the step. The steps that it holds are listed by themselves. */
  readonly fields: readonly FieldChange[];
};

/** Of two definitions that compile: their ids are unique. */
export function diffDefinitions(before: WorkflowDocument, after: WorkflowDocument): DefinitionDiff {
  const old = takeApart(before);
  const now = takeApart(after);
  const displaced = displacedSteps(old, now);
  const steps = [...now.steps.values()].flatMap((step): StepChange[] => {
    const { id, type, pointer } = step;
    const was = old.steps.get(id);
    if (was === undefined) return [{ id, type, change: 'added', pointer, fields: [] }];
    const fields = changesBetween(was.own, step.own);
    const moved = was.block !== step.block || displaced.has(id) ? { movedFrom: was.pointer } : {};
    const isSame = fields.length === 0 && moved.movedFrom === undefined;
    return isSame ? [] : [{ id, type, change: 'changed', pointer, ...moved, fields }];
  });
  const removed = [...old.steps.values()]
    .filter(({ id }) => !now.steps.has(id))
    .map(({ id, type, pointer }): StepChange => ({ id, type, change: 'removed', pointer, fields: [] }));
  return { fields: changesBetween(old.rest, now.rest), steps: [...steps, ...removed] };
}

type Part = {
  readonly id: string;
  readonly type: string;
  /** Names the list that it stands in: by the step that holds it, whose own place may have changed. */
  readonly block: string;
  readonly pointer: string;
  /** The step with its inner lists of steps emptied. */
  readonly own: JsonObject;
};

type Parts = { readonly steps: ReadonlyMap<string, Part>; readonly rest: Json };

function takeApart(document: WorkflowDocument): Parts {
  const steps = new Map<string, Part>();
  /** Lists that are there stay there, empty: a block without steps is another thing than none. */
  const take = (owner: string, base: string) => (list: readonly Json[], pointer: string) => {
    for (const [position, step] of list.entries()) {
      if (!isJsonObject(step)) continue;
      const id = String(step.id);
      const at = pointerTo(base + pointer, position);
      const part = { id, type: String(step.type), block: `${owner}${pointer}`, pointer: at };
      // Noted before what it holds, so that the order is that of the document.
      steps.set(id, { ...part, own: step });
      const own = walkStep(step, { steps: take(id, at) }) as JsonObject;
      steps.set(id, { ...part, own });
    }
    return [];
  };
  const rest = walkDocument(document as unknown as Json, { steps: take('', '') });
  return { steps, rest };
}

/** The fewest steps whose moving inside their block explains the new order. */
function displacedSteps(old: Parts, now: Parts): ReadonlySet<string> {
  const rank = new Map([...old.steps.keys()].map((id, index) => [id, index]));
  const blocks = groupBy(
    [...now.steps.values()].filter(({ id, block }) => old.steps.get(id)?.block === block),
    ({ block }) => block,
  );
  const displaced = [...blocks.values()].flatMap((steps) => {
    const kept = new Set(longestRise(steps.map(({ id }) => rank.get(id) ?? 0)));
    return steps.filter((_, index) => !kept.has(index));
  });
  return new Set(displaced.map(({ id }) => id));
}
