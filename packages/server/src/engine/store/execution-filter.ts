/** A filter of executions as a condition. Which index serves which part: migrations/0020_execution_filters.sql. */
import type { ExecutionStatus } from '@cloudflow/core/run/event.ts';
import { type Sql, sql } from '../../kernel/sql/sql.ts';
import { statusNumbers } from '../row-codes.ts';

export type ExecutionFilter = {
  /** Executions of any of these. */
  readonly workflowIds?: readonly string[] | undefined;
  /** Executions that this one started. */
  readonly parentId?: string | undefined;
  readonly retryOf?: string | undefined;
  readonly statuses?: readonly ExecutionStatus[] | undefined;
  /** `<name>:<value>`. */
  readonly label?: string | undefined;
  readonly businessKey?: string | undefined;
  /** Of a business key, or of an id. */
  readonly beginning?: string | undefined;
  /** Ids from this one on. */
  readonly from?: string | undefined;
  /** Ids before this one: of a time, or of the last row of the page before. */
  readonly before?: string | undefined;
};

/**
 * What follows `from workflow_executions e where`. Conditions are left out rather than made true by a null: the planner then
 * sees which index and which partitions do. And one id is compared with `=`, so that the index gives the page in its order.
 */
export function whereMatches(tenantId: string, filter: ExecutionFilter): Sql {
  const { workflowIds, parentId, retryOf, statuses, label, businessKey, beginning, from, before } = filter;
  const all = [
    when(workflowIds, ofWorkflows),
    when(parentId, (id) => sql`and e.parent_id = ${id}`),
    when(retryOf, (id) => sql`and e.retry_of = ${id}`),
    when(statuses, ofStatuses),
    when(label, (text) => sql`and e.id in (${labelled(tenantId, text, filter)})`),
    when(businessKey, (key) => sql`and e.business_key = ${key}`),
    when(beginning, beginsWith),
    when(from, (id) => sql`and e.id >= ${id}`),
    when(before, (id) => sql`and e.id < ${id}`),
  ];
  return all.reduce((whole, part) => sql`${whole} ${part}`, sql`e.tenant_id = ${tenantId}`);
}

const when = <Value>(value: Value | undefined, condition: (value: Value) => Sql): Sql =>
  value === undefined ? sql`` : condition(value);

const ofWorkflows = (ids: readonly string[]): Sql =>
  ids.length === 1 ? sql`and e.workflow_id = ${ids[0]}` : sql`and e.workflow_id = any(${ids}::uuid[])`;

/** What has not ended is few among many: there is an index of that alone. */
function ofStatuses(statuses: readonly ExecutionStatus[]): Sql {
  const codes = statuses.flatMap(statusNumbers);
  const open = statuses.every((status) => status === 'PENDING' || status === 'RUNNING');
  return sql`and e.status = any(${codes}::int2[]) ${open ? sql`and e.finished_at is null` : sql``}`;
}

/** The bounds stand here as well, so that a later page begins where it does, and not with the newest of the label. */
function labelled(tenantId: string, label: string, { from, before }: ExecutionFilter): Sql {
  const lower = when(from, (id) => sql`and l.execution_id >= ${id}`);
  const upper = when(before, (id) => sql`and l.execution_id < ${id}`);
  return sql`select l.execution_id from execution_labels l where l.tenant_id = ${tenantId} and l.label = ${label} ${lower} ${upper}`;
}

/**
 * Bounds in the order of bytes, and not `like`: row security lets an index answer only what cannot leak a value, and `like`
 * does not count as such. No text that is stored has the last of all characters behind a beginning that is looked for.
 */
function beginsWith(text: string): Sql {
  const key = sql`(e.business_key ~>=~ ${text} and e.business_key ~<~ ${`${text}\u{10ffff}`})`;
  const digits = text.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{8,32}$/.test(digits)) return sql`and ${key}`;
  return sql`and (${key} or e.id between ${digits.padEnd(32, '0')}::uuid and ${digits.padEnd(32, 'f')}::uuid)`;
}
