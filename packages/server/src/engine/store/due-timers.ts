/** Timers of some shards that are due before a time, earliest first. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import type { HeapTimer } from '../runner/timer-heap.ts';

/** `before` in milliseconds since the epoch. */
export async function dueTimers(
  database: Database,
  shards: readonly number[],
  before: number,
  limit: number,
): Promise<HeapTimer[]> {
  type Row = { readonly executionId: string; readonly timer: number; readonly due: Date };
  const rows = await database.query<Row>(
    { role: 'engine' },
    sql`
    select execution_id as "executionId", timer, due from execution_timers
     where shard = any(${shards}::smallint[]) and due < ${new Date(before)}
     order by due limit ${limit}`,
  );
  return rows.map((row) => ({ ...row, due: row.due.getTime() }));
}
