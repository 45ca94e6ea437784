/** What an execution sends to others with the events that it has decided: rows of children, of inboxes, and of places at gates. */
import type { ChildEnd, Effect } from '@cloudflow/core/run/contract.ts';
import { type ChildTrigger, calledBy } from '../child-trigger.ts';
import { shardOf } from '../execution-id.ts';
import { gateMessage } from '../gates/gate-messages.ts';
import { type ChildRow, nothingSent, type SentRow } from '../journal/entry.ts';
import type { Decided, LiveExecution } from './live.ts';

type Messages = typeof nothingSent;
type Call = Extract<Effect, { kind: 'start_child' }>;

export function messagesOf(live: LiveExecution, { effects, gates }: Decided): Messages {
  const { parentId } = live.facts;
  if (parentId === null && gates === null && !effects.some(isMessage)) return nothingSent;
  const sent: SentRow[] = [...(gates?.sent ?? [])];
  const children: ChildRow[] = [];
  for (const effect of effects) {
    if (effect.kind === 'start_child') children.push(childRow(live, effect));
    if (effect.kind === 'cancel_child') sent.push(rowFor(effect.executionId, 'cancel', { reason: effect.reason }));
    if (effect.kind === 'ask' || effect.kind === 'leave') sent.push(gateMessage(live, effect));
    if (effect.kind !== 'end' || parentId === null) continue;
    if (calledBy(parentId, live.around.context.trigger)?.wait !== true) continue;
    const { status, output, error } = effect;
    sent.push(rowFor(parentId, 'child_ended', { executionId: live.id, status, output, error } satisfies ChildEnd));
  }
  return { sent, children, gates: gates?.rows ?? nothingSent.gates };
}

function isMessage({ kind }: Effect): boolean {
  return kind === 'start_child' || kind === 'cancel_child' || kind === 'ask' || kind === 'leave';
}

function rowFor(to: string, kind: string, payload: object): SentRow {
  return { to, toShard: shardOf(to), kind, payload: JSON.stringify(payload) };
}

function childRow({ id, tenantId, correlationId, plan, facts, around }: LiveExecution, call: Call): ChildRow {
  const { executionId, workflowId, versionId } = call.child;
  const trigger: ChildTrigger = {
    type: 'sub_workflow',
    execution_id: id,
    workflow_id: plan.workflowId,
    step: call.path,
    depth: call.depth,
    wait: call.awaited,
    correlation_id: correlationId,
  };
  return {
    executionId,
    shard: shardOf(executionId),
    start: {
      tenantId,
      workflowId,
      versionId,
      priority: facts.priority,
      input: JSON.stringify(call.input),
      labels: '{}',
      businessKey: null,
      trigger: JSON.stringify(trigger),
      parentId: id,
      rootId: facts.rootId,
      retryOf: null,
      // Its effects are named after the root, as those of its parent are: a retry by a person is another generation of both.
      generation: around.context.generation,
      createdAt: call.at,
      idempotency: null,
    },
  };
}
