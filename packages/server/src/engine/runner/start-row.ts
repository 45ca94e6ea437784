/** What a start becomes: the row that is stored, and what the execution in memory is made from. */
import { isJsonObject, type Json } from '@cloudflow/core/json.ts';
import type { Entropy } from '@cloudflow/core/run/contract.ts';
import type { Sealer } from '../../kernel/secret/secret-box.ts';
import type { StartRequest } from '../engine.ts';
import type { StartRow } from '../journal/entry.ts';
import type { LiveSeed } from './live.ts';

export function startRow(request: StartRequest, id: string, now: number): StartRow {
  const trigger = isJsonObject(request.trigger)
    ? { ...request.trigger, correlation_id: request.correlationId }
    : request.trigger;
  return {
    tenantId: request.tenantId,
    workflowId: request.workflowId,
    versionId: request.versionId,
    priority: request.priority ?? request.plan.priority,
    input: JSON.stringify(request.input),
    labels: JSON.stringify(request.labels ?? {}),
    businessKey: request.businessKey ?? null,
    trigger: JSON.stringify(trigger),
    parentId: null,
    rootId: request.retry?.rootId ?? id,
    retryOf: request.retry?.of ?? null,
    generation: request.retry?.generation ?? 0,
    createdAt: now,
    idempotency: request.idempotency ?? null,
  };
}

export function seedOf(
  { tenantId, correlationId, plan, input, labels = {} }: StartRequest,
  row: StartRow,
  of: { readonly id: string; readonly shard: number; readonly entropy: Entropy; readonly sealer: Sealer | null },
): LiveSeed {
  const facts = { ...row, inputText: row.input, triggerText: row.trigger, labels };
  const trigger = JSON.parse(row.trigger) as Json;
  return { ...of, tenantId, correlationId, plan, input, trigger, generation: row.generation, facts };
}
