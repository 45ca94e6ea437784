/**
 * The layout of a document: its steps and blocks, numbered in document order. Of one step: the blocks in its config, its
 * error handler, its compensation; after all steps `on_failure` and `on_cancel`. Only branches of a `parallel` and
 * options of a `wait_any` stand in the order of their keys, which does not change: a document is stored as the text that was
 * given.
 */
import type { JsonObject } from '../json.ts';
import type { ControlType, InnerBlock } from './control-type.ts';
import type { StepDocument, WorkDocument, WorkflowDocument } from './document.ts';
import type { Issues } from './issues.ts';
import type { ActionCatalog, ActionShape, PlanBlock } from './plan.ts';
import { pointerTo } from './pointer.ts';
import { controlTypeNames, findControlType } from './types/index.ts';

export const mostSteps = 5000;
export const deepestNesting = 32;

export type LaidStep = {
  readonly index: number;
  readonly id: string;
  readonly document: StepDocument;
  readonly config: JsonObject;
  readonly pointer: string;
  readonly block: number;
  readonly type: StepType;
  /** The blocks it holds, by name. */
  readonly blocks: ReadonlyMap<string, number>;
};

export type StepType =
  | { readonly control: ControlType }
  | { readonly action: ActionShape }
  | { readonly unknown: true };

export type LaidBlock = PlanBlock &
  Required<Pick<InnerBlock, 'names' | 'together' | 'detached'>> & { readonly steps: number[]; readonly depth: number };

export type Layout = {
  readonly steps: readonly LaidStep[];
  readonly blocks: readonly LaidBlock[];
  readonly byId: ReadonlyMap<string, number>;
  readonly onFailure: number | null;
  readonly onCancel: number | null;
};

export function layOut(document: WorkflowDocument, actions: ActionCatalog, issues: Issues): Layout {
  const drawing = createDrawing(actions, issues);
  drawing.block({ name: '', kind: 'top', owner: null, pointer: '/steps', steps: document.steps, depth: 0 });
  const last = (kind: 'on_failure' | 'on_cancel') => {
    const steps = document[kind];
    return steps === undefined
      ? null
      : drawing.block({ name: kind, kind, owner: null, pointer: `/${kind}`, steps, depth: 0, names: ['error'] });
  };
  const onFailure = last('on_failure');
  const onCancel = last('on_cancel');
  return { steps: drawing.steps, blocks: drawing.blocks, byId: drawing.byId, onFailure, onCancel };
}

type BlockRequest = InnerBlock & { readonly owner: number | null; readonly depth: number };

function createDrawing(actions: ActionCatalog, issues: Issues) {
  const steps: LaidStep[] = [];
  const blocks: LaidBlock[] = [];
  const byId = new Map<string, number>();
  let isTooLarge = false;

  function block({ pointer, steps: documents, depth, ...of }: BlockRequest): number {
    const laid: LaidBlock = {
      index: blocks.length,
      names: [],
      together: false,
      detached: false,
      ...of,
      depth,
      steps: [],
    };
    blocks.push(laid);
    if (depth > deepestNesting) {
      issues.error({
        code: 'nested_too_deep',
        pointer,
        message: `blocks may be nested ${deepestNesting} deep; move the inner steps into a workflow of their own`,
      });
      return laid.index;
    }
    for (const [position, document] of documents.entries()) step(document, pointerTo(pointer, position), laid);
    return laid.index;
  }

  function step(document: StepDocument, pointer: string, holder: LaidBlock): void {
    if (steps.length >= mostSteps) return refuseMore(pointer);
    const { id } = document;
    if (byId.has(id)) {
      issues.error({
        code: 'duplicate_id',
        pointer: `${pointer}/id`,
        message: `the id \`${id}\` is taken by ${steps[byId.get(id) ?? 0]?.pointer ?? ''}; ids are unique in the whole document`,
      });
    }
    add({ id, document, pointer, holder });
  }

  function add({
    id,
    document,
    pointer,
    holder,
  }: {
    id: string;
    document: StepDocument;
    pointer: string;
    holder: LaidBlock;
  }): void {
    const index = steps.length;
    const names = new Map<string, number>();
    const type = findType(document.type, `${pointer}/type`, { actions, issues });
    const config = document.config ?? {};
    steps.push({ index, id, document, config, pointer, block: holder.index, type, blocks: names });
    if (!byId.has(id)) byId.set(id, index);
    holder.steps.push(index);
    const depth = holder.depth + 1;
    for (const inner of 'control' in type ? (type.control.blocks?.(config, document.join) ?? []) : []) {
      names.set(inner.name, block({ ...inner, owner: index, pointer: `${pointer}/config${inner.pointer}`, depth }));
    }
    if (typeof document.on_error === 'object') {
      names.set(
        'error',
        block({
          name: 'error',
          kind: 'handler',
          owner: index,
          pointer: `${pointer}/on_error/steps`,
          steps: document.on_error.steps,
          depth,
          names: ['error'],
        }),
      );
    }
    if (document.compensate !== undefined) names.set('compensate', compensation(document.compensate, index, depth));
  }

  /** A block of one step that has no place in a list: it is named after the step that it undoes. */
  function compensation(work: WorkDocument, owner: number, depth: number): number {
    const { id, pointer } = steps[owner] as LaidStep;
    const holder: LaidBlock = {
      index: blocks.length,
      name: 'compensate',
      kind: 'compensation',
      owner,
      depth,
      names: [],
      together: false,
      detached: false,
      steps: [],
    };
    blocks.push(holder);
    // A slug has no dot: the name cannot clash with the id of a step.
    const document: StepDocument = { ...work, id: `${id}.compensate` };
    if (steps.length >= mostSteps) refuseMore(`${pointer}/compensate`);
    else add({ id: document.id, document, pointer: `${pointer}/compensate`, holder });
    return holder.index;
  }

  function refuseMore(pointer: string): void {
    if (isTooLarge) return;
    isTooLarge = true;
    issues.error({
      code: 'too_many_steps',
      pointer,
      message: `a workflow may have ${mostSteps} steps, nested ones included; split it into sub-workflows`,
    });
  }

  return { steps, blocks, byId, block };
}

function findType(
  name: string,
  pointer: string,
  { actions, issues }: { actions: ActionCatalog; issues: Issues },
): StepType {
  const control = findControlType(name);
  if (control !== undefined) return { control };
  const action = actions.find(name);
  if (action !== undefined) return { action };
  const suggestion = issues.suggest(name, () => [...controlTypeNames, ...actions.types()]);
  const hint =
    suggestion === undefined
      ? `control types are ${controlTypeNames.join(', ')}; actions are listed in the registry`
      : `did you mean \`${suggestion}\`?`;
  issues.error({
    code: 'unknown_type',
    pointer,
    message: `there is no step type \`${name.slice(0, 80)}\`; ${hint}`,
    suggestion,
  });
  return { unknown: true };
}
