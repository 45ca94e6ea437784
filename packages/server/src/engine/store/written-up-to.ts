/** How far the journals of some executions are committed. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

/** The number of the last row of each journal; executions without one are left out. One look into an index for each. */
export function writtenUpTo(
  database: Database,
  executionIds: readonly string[],
): Promise<readonly { readonly executionId: string; readonly seq: number }[]> {
  return database.query(
    { role: 'engine' },
    sql`
    select asked.id as "executionId", last.seq
      from unnest(${executionIds}::uuid[]) asked (id)
     cross join lateral (select seq from execution_events j where j.execution_id = asked.id order by seq desc limit 1) last`,
  );
}
