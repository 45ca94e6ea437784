/** What the trigger of a child says about who called it: written with its row, read whenever it is brought into memory. */
import { isJsonObject, type Json } from '@cloudflow/core/json.ts';

export type ChildTrigger = {
  readonly type: 'sub_workflow';
  readonly execution_id: string;
  readonly workflow_id: string;
  /** The steps that called, from the root on: `order/pay.0.charge`. */
  readonly step: string;
  readonly depth: number;
  /** True when the caller waits for the end. */
  readonly wait: boolean;
  readonly correlation_id: string;
};

/** Null of an execution that no other called; only then may its trigger be anything. */
export function calledBy(parentId: string | null, trigger: Json): ChildTrigger | null {
  if (parentId === null || !isJsonObject(trigger) || trigger['type'] !== 'sub_workflow') return null;
  return trigger as unknown as ChildTrigger;
}

/** Where it stands among those that called one another. */
export function placeOf(parentId: string | null, trigger: Json): { readonly depth: number; readonly callPath: string } {
  const call = calledBy(parentId, trigger);
  return call === null ? root : { depth: call.depth, callPath: `${call.step}/` };
}

const root = { depth: 0, callPath: '' } as const;
