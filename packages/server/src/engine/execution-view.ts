/**
 * What an execution looks like from outside. Bodies are put together as text, because inputs and outputs are stored as
 * text: parsing and printing a large output again would be the dearest part of an answer.
 */
import type { Json } from '@cloudflow/core/json.ts';
import type { ExecutionHead } from './engine.ts';

/** The JSON text of `GET /executions/{id}`; with `variables` the field of that name too. */
export function executionText(head: ExecutionHead, variables?: Json): string {
  const { startedAt, finishedAt } = head;
  return (
    `{"id":"${head.id}","workflow_id":"${head.slug}","version":${JSON.stringify(head.version)},"status":"${head.status}"` +
    `,"phase":${quoted(head.phase)},"wait_reason":${quoted(head.waitReason)}` +
    `,"input":${head.inputText},"output":${head.outputText ?? 'null'},"error":${head.errorText ?? 'null'}` +
    (variables === undefined ? '' : `,"variables":${JSON.stringify(variables)}`) +
    `,"labels":${JSON.stringify(head.labels)},"business_key":${quotedText(head.businessKey)}` +
    `,"created_at":${time(head.createdAt)},"started_at":${time(startedAt)},"finished_at":${time(finishedAt)}` +
    `,"duration_ms":${startedAt === null || finishedAt === null ? 'null' : finishedAt - startedAt}` +
    `,"parent":${quoted(head.parentId)},"retry_of":${quoted(head.retryOf)},"root":"${head.rootId}"` +
    `,"trigger":${head.triggerText},"as_of_seq":${head.seq}}`
  );
}

/** A row of a list of executions: the whole, without what can be large. */
export function executionRow(head: ExecutionHead) {
  const { startedAt, finishedAt } = head;
  return {
    id: head.id,
    workflow_id: head.slug,
    version: head.version,
    status: head.status,
    phase: head.phase,
    wait_reason: head.waitReason,
    error: head.errorText === null ? null : (JSON.parse(head.errorText) as Json),
    labels: head.labels,
    business_key: head.businessKey,
    created_at: iso(head.createdAt),
    started_at: iso(startedAt),
    finished_at: iso(finishedAt),
    duration_ms: startedAt === null || finishedAt === null ? null : finishedAt - startedAt,
    parent: head.parentId,
    retry_of: head.retryOf,
    root: head.rootId,
    as_of_seq: head.seq,
  };
}

/** Where everything about an execution is. */
export function executionLinks(id: string) {
  const self = `/api/v1/executions/${id}`;
  return { self, steps: `${self}/steps`, events: `${self}/events`, cancel: `${self}/cancel` };
}

/** RFC 3339 with milliseconds. */
export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** For words of our own, which hold nothing to escape. */
function quoted(word: string | null): string {
  return word === null ? 'null' : `"${word}"`;
}

function quotedText(text: string | null): string {
  return text === null ? 'null' : JSON.stringify(text);
}

function time(at: number | null): string {
  return at === null ? 'null' : `"${new Date(at).toISOString()}"`;
}
