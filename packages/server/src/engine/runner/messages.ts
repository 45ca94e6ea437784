/** What an execution sends to others with the events that it has decided: rows of children, of inboxes, and of places at gates. */
import type { Json } from '@cloudflow/core/json.ts';
import type { ChildEnd, Effect } from '@cloudflow/core/run/contract.ts';
import type { Blob } from '../../kernel/blob/blob-store.ts';
import { type ChildTrigger, calledBy } from '../child-trigger.ts';
import { shardOf } from '../execution-id.ts';
import { gateMessage } from '../gates/gate-messages.ts';
import { type ChildRow, nothingSent, type SentRow, type StartRow } from '../journal/entry.ts';
import { columnText } from '../journal/large-values.ts';
import type { Decided, LiveExecution } from './live.ts';
import type { Aside } from './storing.ts';
import { tasksOf } from './task-rows.ts';

type Messages = typeof nothingSent;
type Call = Extract<Effect, { kind: 'start_child' }>;
type Item = Extract<Effect, { kind: 'start_item' }>;

export function messagesOf(live: LiveExecution, { effects, gates }: Decided, aside: Aside[]): Messages {
  const { parentId } = live.facts;
  if (parentId === null && gates === null && !effects.some(isMessage)) return nothingSent;
  const sent: SentRow[] = [...(gates?.sent ?? [])];
  const children: ChildRow[] = [];
  for (const effect of effects) {
    if (effect.kind === 'start_child') children.push(withoutLarge(calledRow(live, effect), aside));
    if (effect.kind === 'start_item') children.push(withoutLarge(itemRow(live, effect), aside));
    if (effect.kind === 'cancel_child') sent.push(rowFor(effect.executionId, 'cancel', { reason: effect.reason }));
    if (effect.kind === 'ask' || effect.kind === 'leave') sent.push(gateMessage(live, effect));
    if (effect.kind !== 'end' || parentId === null) continue;
    if (calledBy(parentId, live.around.context.trigger)?.wait !== true) continue;
    const { status, output, error } = effect;
    sent.push(rowFor(parentId, 'child_ended', { executionId: live.id, status, output, error } satisfies ChildEnd));
  }
  return { sent, children, ...tasksOf(live, effects), gates: gates?.rows ?? nothingSent.gates };
}

function isMessage({ kind }: Effect): boolean {
  return messages.has(kind);
}

const messages: ReadonlySet<Effect['kind']> = new Set([
  'start_child',
  'start_item',
  'cancel_child',
  'offer_task',
  'withdraw_task',
  'ask',
  'leave',
]);

function rowFor(to: string, kind: string, payload: object): SentRow {
  return { to, toShard: shardOf(to), kind, payload: JSON.stringify(payload) };
}

/** Large values are stored under the execution whose row refers to them. */
function withoutLarge(row: ChildRow, aside: Aside[]): ChildRow {
  const own: Blob[] = [];
  const input = columnText(row.start.input, own);
  if (own.length === 0) return row;
  for (const blob of own) aside.push({ ...blob, owner: row.executionId });
  return { ...row, start: { ...row.start, input } };
}

function calledRow(live: LiveExecution, call: Call): ChildRow {
  const { executionId, workflowId, versionId } = call.child;
  const trigger: ChildTrigger = {
    type: 'sub_workflow',
    execution_id: live.id,
    workflow_id: live.plan.workflowId,
    step: call.path,
    depth: call.depth,
    wait: call.awaited,
    ...(call.held.length === 0 ? {} : { held: call.held }),
    correlation_id: live.correlationId,
  };
  return childRow(live, executionId, { workflowId, versionId, input: call.input, trigger, createdAt: call.at });
}

function itemRow(live: LiveExecution, item: Item): ChildRow {
  const { workflowId, versionId } = live.facts;
  const trigger: ChildTrigger = {
    type: 'for_each',
    execution_id: live.id,
    workflow_id: live.plan.workflowId,
    step: item.path,
    step_id: item.stepId,
    index: item.index,
    depth: item.depth,
    wait: false,
    correlation_id: live.correlationId,
  };
  return childRow(live, item.executionId, { workflowId, versionId, input: item.outside, trigger, createdAt: item.at });
}

type ChildFacts = Pick<StartRow, 'workflowId' | 'versionId' | 'createdAt'> & {
  readonly input: Json;
  readonly trigger: ChildTrigger;
};

function childRow({ id, tenantId, facts, around }: LiveExecution, executionId: string, of: ChildFacts): ChildRow {
  return {
    executionId,
    shard: shardOf(executionId),
    start: {
      tenantId,
      workflowId: of.workflowId,
      versionId: of.versionId,
      priority: facts.priority,
      input: JSON.stringify(of.input),
      labels: '{}',
      businessKey: null,
      trigger: JSON.stringify(of.trigger),
      parentId: id,
      rootId: facts.rootId,
      retryOf: null,
      // Its effects are named after the root, as those of its parent are: a retry by a person is another generation of both.
      generation: around.context.generation,
      createdAt: of.createdAt,
      idempotency: null,
    },
  };
}
