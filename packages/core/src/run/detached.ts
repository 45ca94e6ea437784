/**
 * `for_each` with `wait: false`: each item is an execution of its own, started and not waited for.
 *
 * Its plan is the block of the item (`itemPlan`). What the expressions in it read of what is around it is written down when it
 * is started: it runs on when this execution has ended and its history is gone. One flush writes the ids together with the
 * rows: whatever dies when, an item is started once, or not yet.
 */
import { itemPlan } from '../definition/item-plan.ts';
import type { Look, Looks } from '../definition/looks.ts';
import { Resolver } from '../expression/expression.ts';
import { isTooLarge, sizeOf } from '../expression/json-size.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { callPathOf } from './children.ts';
import { type Decision, record } from './decision.ts';
import { isStopping } from './scope.ts';
import { expressionScope, itemsOf } from './scope-values.ts';
import { failStep, succeedStep } from './settle.ts';
import { isDetaching, keyOf, type Scope, type StepRun } from './state.ts';

/** So many are rows of one flush that others can wait for, and so much of what they are given. */
const ITEMS_AT_ONCE = 500;
const CHARACTERS_AT_ONCE = 2_000_000;

/** Starts the next items; ends the step with the last of them. */
export function startItems(d: Decision, run: StepRun): void {
  const { work, id } = run.step;
  if (work.kind !== 'for_each' || !isDetaching(run) || isStopping(d, run.scope)) return;
  const items = itemsOf(d, run);
  const around = outsideOf(d, run.scope, itemPlan(d.plan, id)?.looks ?? new Map());
  if (isTooLarge(around)) return failStep(d, run, tooMuch);
  const first = run.detached?.length ?? 0;
  const ids: string[] = [];
  const path = callPathOf(d, run);
  const common = sizeOf(around);
  for (let size = 0; first + ids.length < items.length; ) {
    const index = first + ids.length;
    const item = items[index] ?? null;
    size += common + sizeOf(item);
    if (ids.length === ITEMS_AT_ONCE || (size > CHARACTERS_AT_ONCE && ids.length > 0)) break;
    const executionId = d.entropy.executionId();
    const outside = { ...around, [work.as]: item, index };
    const { depth } = d.context;
    d.effects.push({ kind: 'start_item', executionId, path, stepId: id, index, depth: depth + 1, outside, at: d.at });
    ids.push(executionId);
  }
  record(d, { e: 'detached', ...keyOf(run), at: d.at, i: first, ids });
  if (first + ids.length < items.length) return nextTurn(d, run);
  succeedStep(d, run, [...(run.detached ?? [])]);
}

const tooMuch = {
  code: 'expression_too_expensive',
  message: 'What the steps of an item read of what is around them is too large to be written down for each item.',
} as const;

/** The rest is another turn's, which comes when this one is written: what waits to be written stays bounded. */
function nextTurn(d: Decision, run: StepRun): void {
  d.tasks.push({ kind: 'detach', run });
  d.yields = true;
}

/** What is read of what is around: the names that exist here, with the fields that are read. */
function outsideOf(d: Decision, scope: Scope, looks: Looks): JsonObject {
  const names = expressionScope(d, scope);
  return fieldsOf(looks, (name) => names.lookup(name));
}

function fieldsOf(looks: Looks, field: (name: string) => Json | Resolver | undefined): JsonObject {
  const fields: [string, Json][] = [];
  for (const [name, look] of looks) {
    const value = taken(field(name), look);
    if (value !== undefined) fields.push([name, value]);
  }
  return Object.fromEntries(fields);
}

function taken(value: Json | Resolver | undefined, look: Look): Json | undefined {
  if (value instanceof Resolver) return look === 'whole' ? value.toJson() : fieldsOf(look, (name) => value.field(name));
  if (look === 'whole' || !isJsonObject(value)) return value;
  return fieldsOf(look, (name) => (Object.hasOwn(value, name) ? value[name] : undefined));
}
