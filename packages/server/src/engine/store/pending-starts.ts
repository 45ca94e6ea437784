/** Starts that were stored by a process which does not own their shard: they have not begun. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

/** Served by an index that holds nothing else, because it is asked four times a second. */
export async function pendingStarts(database: Database, shards: readonly number[], limit: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    { role: 'engine' },
    sql`
    select id from workflow_executions
     where status = 0 and shard = any (${shards}::int2[])
     order by id
     limit ${limit}`,
  );
  return rows.map(({ id }) => id);
}
