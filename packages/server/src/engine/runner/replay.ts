/** An execution as it was in memory, from what is stored of it. */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import { apply } from '@cloudflow/core/run/apply.ts';
import type { Entropy } from '@cloudflow/core/run/contract.ts';
import { stateFrom } from '@cloudflow/core/run/snapshot.ts';
import { createState, type RunState } from '@cloudflow/core/run/state.ts';
import type { Sealer } from '../../kernel/secret/secret-box.ts';
import { type StoredExecution, UnusableSnapshotError } from '../store/load-executions.ts';
import { createLive, type LiveExecution } from './live.ts';

/** Of a snapshot that was read: the next one may be made at once. */
const lately = { at: 0, characters: 0, tookMs: 0 };

/** The same plan, as `planFor` gives it for the trigger, and journal always give the same state. Throws `UnusableSnapshotError`. */
export function replay(
  stored: StoredExecution,
  { plan, trigger }: { readonly plan: Plan; readonly trigger: JsonObject },
  given: { readonly entropy: Entropy; readonly sealer: Sealer | null },
): LiveExecution {
  const { correlation_id: correlationId = stored.id } = trigger as { readonly correlation_id?: string };
  const live = createLive(
    {
      id: stored.id,
      shard: stored.shard,
      tenantId: stored.tenantId,
      correlationId,
      plan,
      input: JSON.parse(stored.input) as Json,
      trigger,
      generation: stored.generation,
      facts: {
        workflowId: stored.workflowId,
        versionId: stored.versionId,
        inputText: stored.input,
        triggerText: stored.trigger,
        labels: JSON.parse(stored.labels) as Record<string, string>,
        businessKey: stored.businessKey,
        priority: stored.priority,
        parentId: stored.parentId,
        rootId: stored.rootId,
        retryOf: stored.retryOf,
        createdAt: stored.createdAt,
      },
      ...given,
    },
    null,
    stateOf(stored, plan),
  );
  if (stored.snapshot !== null) {
    live.seq = stored.snapshot.seq;
    live.events = stored.snapshot.events;
    live.kept = { ...lately, steps: live.state.ended.count, events: live.events };
  }
  for (const row of stored.journal) {
    for (const event of row.events) apply(plan, live.state, event);
    live.seq = row.seq;
    live.events += row.events.length;
  }
  live.state.timerChanges.armed.length = 0;
  live.state.timerChanges.dropped.length = 0;
  live.state.gateChanges.length = 0;
  live.state.tasksOver.length = 0;
  live.hasTimers = live.state.timers.size > 0;
  live.head = stored.head;
  if (stored.elsewhere !== null) live.elsewhere = new Set(stored.elsewhere);
  return live;
}

function stateOf({ snapshot }: StoredExecution, plan: Plan): RunState {
  if (snapshot === null) return createState(plan, { forgets: true });
  try {
    return stateFrom(plan, snapshot.records);
  } catch (cause) {
    throw new UnusableSnapshotError('its state cannot be rebuilt', { cause });
  }
}
