/** Timers of some shards that are due before a time, earliest first, in pages. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import type { HeapTimer } from '../runner/timer-heap.ts';

const beforeAll: HeapTimer = { due: 0, executionId: '00000000-0000-0000-0000-000000000000', timer: 0 };

/** `before` in milliseconds since the epoch; `after`: the last one of the page before, or null. */
export async function dueTimers(
  database: Database,
  shards: readonly number[],
  before: number,
  after: HeapTimer | null,
  limit: number,
): Promise<HeapTimer[]> {
  type Row = { readonly executionId: string; readonly timer: number; readonly due: Date };
  const { due, executionId, timer } = after ?? beforeAll;
  const rows = await database.query<Row>(
    { role: 'engine' },
    sql`
    select execution_id as "executionId", timer, due from execution_timers
     where shard = any(${shards}::smallint[]) and due >= ${new Date(due)} and due < ${new Date(before)}
       and (due, execution_id, timer) > (${new Date(due)}, ${executionId}::uuid, ${timer})
     order by due, execution_id, timer limit ${limit}`,
  );
  return rows.map((row) => ({ ...row, due: row.due.getTime() }));
}
