/** The executions of some shards that have not ended, in pages by id: what a new owner looks through. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

export type UnfinishedRow = {
  readonly id: string;
  /** It has begun, and only a timer that is on disk can move it: it need not be rebuilt before that is due. */
  readonly waitsOnly: boolean;
};

const beforeAll = '00000000-0000-0000-0000-000000000000';

/** Served by the partial index on unfinished executions by shard. */
export function unfinished(
  database: Database,
  shards: readonly number[],
  after: string | null,
  limit: number,
): Promise<UnfinishedRow[]> {
  return database.query(
    { role: 'engine' },
    sql`
    select e.id,
           e.wait_reason is not null and e.phase is null
             and exists (select 1 from execution_timers t where t.execution_id = e.id) as "waitsOnly"
      from workflow_executions e
     where e.finished_at is null and e.shard = any(${shards}::smallint[]) and e.id > ${after ?? beforeAll}
     order by e.id
     limit ${limit}`,
  );
}
