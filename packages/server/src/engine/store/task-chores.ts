/** What is done about tasks whoever their tenant: leases that are over, rows that nobody needs, and numbers. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

const MOST_AT_ONCE = 500;

export type LapsedTask = { readonly executionId: string; readonly as: 'timeout' | 'lost' };

/**
 * Ends tasks whose lease is over: past their deadline with `timeout`, else they are lost, and the rules say what follows. Any
 * process may do it; those that are at it pass over each other's rows.
 */
export function lapseTasks(database: Database): Promise<LapsedTask[]> {
  return database.transaction({ role: 'engine' }, (tx) =>
    tx.rows<LapsedTask>(sql`
      with over as materialized (
        select id from tasks where state = 1 and lease_until < clock_timestamp()
         order by lease_until limit ${MOST_AT_ONCE} for update skip locked),
      ended as (
        update tasks t
           set ended_at = clock_timestamp(), state = case when t.deadline <= clock_timestamp() then 2 else 3 end,
               ended_as = case when t.deadline <= clock_timestamp() then 'timeout' else 'lost' end
          from over where t.id = over.id
        returning t.shard, t.execution_id, t.try, t.ended_as, t.timeout_ms),
      told as (
        insert into execution_inbox (shard, execution_id, kind, payload)
        select shard, execution_id, case ended_as when 'timeout' then 'task_ended' else 'task_lost' end,
               case ended_as when 'timeout'
                 then json_build_object('try', try, 'outcome', json_build_object('error', json_build_object(
                        'code', 'timeout', 'retryable', true,
                        'message', 'The worker took longer than ' || timeout_ms || ' ms')))
                 else json_build_object('try', try, 'why', 'lost') end::text
          from ended)
      select execution_id as "executionId", ended_as as "as" from ended`),
  );
}

/** Ended long ago, and no row of the inbox is left that tells of it: until then the row keeps its try from being offered twice. */
export async function forgetTasks(database: Database): Promise<void> {
  for (;;) {
    const count = await database.transaction({ role: 'engine' }, (tx) =>
      tx.execute(sql`
        delete from tasks where id in (
          select t.id from tasks t
           where t.state >= 2 and t.ended_at < now() - interval '1 hour'
             and not exists (select from execution_inbox i
                              where i.shard = t.shard and i.execution_id = t.execution_id and starts_with(i.kind, 'task_'))
           limit 5000)`),
    );
    if (count < 5_000) return;
  }
}

export type TaskNumbers = { readonly queued: number; readonly claimed: number; readonly oldestSeconds: number };

/** More are not counted. */
const MOST_COUNTED = 100_000;

export async function countTasks(database: Database): Promise<TaskNumbers> {
  const [row] = await database.query<TaskNumbers>(
    { role: 'engine' },
    sql`
    select (select count(*)::int from (select from tasks where state = 0 limit ${MOST_COUNTED}) q) as queued,
           (select count(*)::int from (select from tasks where state = 1 limit ${MOST_COUNTED}) c) as claimed,
           coalesce(extract(epoch from clock_timestamp() - (
             select offered_at from tasks where state = 0 order by offered_at limit 1))::float8, 0) as "oldestSeconds"`,
  );
  return row ?? { queued: 0, claimed: 0, oldestSeconds: 0 };
}
