/** The executions that an operation is about, oldest first, and where it ends. */
import type { Database } from '../../kernel/db/database.ts';
import { type Sql, sql } from '../../kernel/sql/sql.ts';
import type { BulkAction, Target } from '../operations/operation.ts';
import { type Count, countWhere } from './count-executions.ts';
import { whereMatches } from './execution-filter.ts';

/** Which state an execution has to be in: of the others it is clear beforehand that the action would be refused. */
const open = sql`and e.finished_at is null`;
const fits: Readonly<Record<BulkAction, Sql>> = {
  cancel: sql`${open} and e.phase is null`,
  pause: open,
  resume: open,
  // The numbers of FAILED and CANCELLED as words of the statement, so that the planner sees their indexes.
  retry: sql`and e.finished_at is not null and e.status in (3, 4)`,
};

const matching = (tenantId: string, { filter, action }: Target): Sql =>
  sql`${whereMatches(tenantId, filter)} ${fits[action]}`;

export async function bulkPage(
  database: Database,
  tenantId: string,
  target: Target,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await database.query<{ id: string }>(
    { role: 'app', tenantId },
    sql`
    select e.id from workflow_executions e
     where ${matching(tenantId, target)} ${after === null ? sql`` : sql`and e.id > ${after}`}
     order by e.id
     limit ${limit}`,
  );
  return rows.map(({ id }) => id);
}

export const countTargets = (database: Database, tenantId: string, target: Target): Promise<Count> =>
  countWhere({ rows: (query) => database.query({ role: 'app', tenantId }, query) }, matching(tenantId, target));

/** The last execution of the tenant that is there: where clocks of processes differ, its id may be of a time to come. */
export async function lastId(database: Database, tenantId: string): Promise<string | undefined> {
  const [row] = await database.query<{ id: string }>(
    { role: 'app', tenantId },
    sql`select id from workflow_executions where tenant_id = ${tenantId} order by id desc limit 1`,
  );
  return row?.id;
}
