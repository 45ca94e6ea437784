/** The executions of some shards that have begun and not ended, in pages: what a new owner looks through. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { shardOf } from '../execution-id.ts';
import { waitReasonCode } from '../row-codes.ts';

export type UnfinishedRow = {
  readonly id: string;
  /**
   * It has begun, and only a timer that is on disk, or a row of the inbox, can move it: it need not be rebuilt before. Not so
   * for what is paused: the pause of its workflow or tenant may have ended while nobody owned its shard.
   */
  readonly waitsOnly: boolean;
};

const beforeAll = '00000000-0000-0000-0000-000000000000';

/**
 * What has not begun is not among them: it is found by the look for starts, in its turn. By shard, then by id; `after` is the id of the last row of the page before, or null. Pages follow the order of the
 * partial index, so that all of them together read each unfinished execution once, however many there are.
 */
export function unfinished(
  database: Database,
  shards: readonly number[],
  after: string | null,
  limit: number,
): Promise<UnfinishedRow[]> {
  const from = after === null ? -1 : shardOf(after);
  return database.query(
    { role: 'engine' },
    sql`
    select e.id,
           e.wait_reason is not null and e.phase is null
             and e.wait_reason <> ${waitReasonCode.paused}
             and (e.wait_reason in (${waitReasonCode.signal}, ${waitReasonCode.child}, ${waitReasonCode.concurrency}, ${waitReasonCode.lock}, ${waitReasonCode.worker})
               or exists (select 1 from execution_timers t where t.execution_id = e.id)) as "waitsOnly"
      from workflow_executions e
     where e.finished_at is null and e.status <> 0 and (e.shard, e.id) > (${from}::int2, ${after ?? beforeAll}::uuid)
       and e.shard = any (${shards}::int2[])
     order by e.shard, e.id
     limit ${limit}`,
  );
}
