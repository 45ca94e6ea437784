/**
 * What the trigger of a child says about who started it: written with its row, read whenever it is brought into memory. A retry
 * by a person has the trigger of what it retries, and no parent.
 */
import { itemPlan } from '@cloudflow/core/definition/item-plan.ts';
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '@cloudflow/core/json.ts';
import type { HeldGate, RunContext } from '@cloudflow/core/run/contract.ts';

export type ChildTrigger = {
  readonly execution_id: string;
  readonly workflow_id: string;
  /** The steps that called, from the root on: `order/pay.0.charge`. */
  readonly step: string;
  readonly depth: number;
  /** True when the caller waits for the end. */
  readonly wait: boolean;
  /** Gates that those who wait hold meanwhile; left out for none. */
  readonly held?: readonly HeldGate[];
  readonly correlation_id: string;
} & (
  | { readonly type: 'sub_workflow' }
  /** An item of a `for_each` that does not wait: the id of that, and the number of the item. */
  | { readonly type: 'for_each'; readonly step_id: string; readonly index: number }
);

type ItemTrigger = Extract<ChildTrigger, { type: 'for_each' }>;

/** Null of an execution that no other called; only then may its trigger be anything. */
export function calledBy(parentId: string | null, trigger: Json): ChildTrigger | null {
  if (parentId === null || !isJsonObject(trigger)) return null;
  const isCall = trigger['type'] === 'sub_workflow' || trigger['type'] === 'for_each';
  return isCall ? (trigger as unknown as ChildTrigger) : null;
}

/** Where it stands among those that called one another. */
export function placeOf(
  parentId: string | null,
  trigger: Json,
): Pick<RunContext, 'depth' | 'callPath' | 'heldByCallers'> {
  const call = calledBy(parentId, trigger);
  if (call === null) return root;
  const item = call.type === 'for_each' ? `.${call.index}` : '';
  return { depth: call.depth, callPath: `${call.step}${item}/`, heldByCallers: call.held ?? [] };
}

const root = { depth: 0, callPath: '', heldByCallers: [] } as const;

/** The plan that an execution of this version runs by: all of it, or that of an item. */
export function planFor(version: Plan, trigger: Json): Plan {
  return isItem(trigger) ? (itemPlan(version, trigger.step_id)?.plan ?? version) : version;
}

/** What expressions see of its input: that of an item is all that was around it, the input of its parent included. */
export function givenBy(input: Json, trigger: Json): Pick<RunContext, 'input' | 'outside'> {
  if (!isItem(trigger)) return { input, outside: null };
  const outside: JsonObject = isJsonObject(input) ? input : {};
  return { input: outside['input'] ?? null, outside };
}

function isItem(trigger: Json): trigger is ItemTrigger & JsonObject {
  return isJsonObject(trigger) && trigger['type'] === 'for_each';
}
