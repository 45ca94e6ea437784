/** How many executions a filter finds: counted up to a number that a look at a large table can afford. */
import type { ExecutionStatus } from '@cloudflow/core/run/event.ts';
import { type Sql, sql } from '../../kernel/sql/sql.ts';
import { type ExecutionFilter, whereMatches } from './execution-filter.ts';
import type { Reader } from './read.ts';

/** `capped`: there are more. */
export type Count = { readonly count: number; readonly capped: boolean };

const MOST = 10_000;
const none: Count = { count: 0, capped: false };

export async function countExecutions(reader: Reader, tenantId: string, filter: ExecutionFilter): Promise<Count> {
  return filter.workflowIds?.length === 0 ? none : countWhere(reader, whereMatches(tenantId, filter));
}

/** `condition`: on `workflow_executions e`. */
export async function countWhere(reader: Reader, condition: Sql): Promise<Count> {
  const [row] = await reader.rows<{ found: number }>(
    sql`select count(*)::int as found from (select from workflow_executions e where ${condition} limit ${MOST + 1}) found`,
  );
  return countOf(row?.found);
}

/** One count for each of the statuses, in one statement: of one moment. */
export async function countByStatus(
  reader: Reader,
  tenantId: string,
  filter: ExecutionFilter,
  statuses: readonly ExecutionStatus[],
): Promise<readonly Count[]> {
  if (filter.workflowIds?.length === 0) return statuses.map(() => none);
  const counts = statuses.map(
    (status, place) => sql`
      select ${place}::int as place, count(*)::int as found from (select from workflow_executions e
       where ${whereMatches(tenantId, { ...filter, statuses: [status] })} limit ${MOST + 1}) found`,
  );
  const rows = await reader.rows<{ place: number; found: number }>(
    counts.reduce((all, one) => sql`${all} union all ${one}`),
  );
  const found = new Map(rows.map((row) => [row.place, row.found]));
  return statuses.map((_, place) => countOf(found.get(place)));
}

function countOf(found = 0): Count {
  return { count: Math.min(found, MOST), capped: found > MOST };
}
