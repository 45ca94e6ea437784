/** Fills the new survivors: all that is kept, while it goes on, and then what has changed since. */
import type pg from 'pg';
import { nextOf } from '../../kernel/db/survivors.ts';
import { inTransaction } from './retention-state.ts';

const pageOfKept = 500;
/** With fewer, `catchUp` has seen all that there were. */
export const pageOfChanges = 5_000;
const executions = nextOf('workflow_executions');
const events = nextOf('execution_events');

/** Each in its own month: `offset 0` keeps the planner from joining whole partitions. */
const chosen = `unnest($1::uuid[]) i (id)`;
const rowsOf = `lateral (select * from workflow_executions w where w.id = i.id offset 0) w`;

/** From where `after` ends; the last one copied, or null when there are no more. */
export async function copyKept(client: pg.ClientBase, after: string): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(
    `select execution_id as id from retention_kept where execution_id > $1 order by execution_id limit ${pageOfKept}`,
    [after],
  );
  const ids = rows.map(({ id }) => id);
  await inTransaction(client, () => copy(client, ids));
  return ids.at(-1) ?? null;
}

/** In a transaction: brings up to date what was written to since it was copied. How many changes there were. */
export async function catchUp(client: pg.ClientBase, before: string): Promise<number> {
  const { rows } = await client.query<{ id: string }>(
    `delete from retention_changes where id in (select id from retention_changes order by id limit ${pageOfChanges})
     returning execution_id as id`,
  );
  await keepSourcesOfRetries(client, before);
  const ids = [...new Set(rows.map(({ id }) => id))];
  if (ids.length > 0) {
    await client.query(`insert into retention_kept (execution_id) select unnest($1::uuid[]) on conflict do nothing`, [
      ids,
    ]);
    await copy(client, ids);
  }
  return rows.length;
}

/** A retry that has not begun is still to read the journal of what it retries. */
async function keepSourcesOfRetries(client: pg.ClientBase, before: string): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `insert into retention_kept (execution_id)
     select distinct e.retry_of from workflow_executions e
      where e.finished_at is null and e.started_at is null and e.retry_of < $1
        and exists (select from workflow_executions s where s.id = e.retry_of)
     on conflict do nothing returning execution_id as id`,
    [before],
  );
  await copy(
    client,
    rows.map(({ id }) => id),
  );
}

/**
 * Rows as they are now; of journals, which are added to at their end, what is missing. Where a journal was compacted since it was copied, the
 * rows that went are taken away here too.
 */
async function copy(client: pg.ClientBase, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await client.query(`delete from ${executions} where id = any ($1::uuid[])`, [ids]);
  await client.query(`insert into ${executions} select w.* from ${chosen}, ${rowsOf}`, [ids]);
  await client.query(
    `delete from ${events} n using ${chosen},
       lateral (select min(e.seq) as seq from execution_events e where e.execution_id = i.id) first
      where n.execution_id = i.id and n.seq <= first.seq`,
    [ids],
  );
  await client.query(
    `insert into ${events} select v.* from ${chosen},
       lateral (select coalesce(max(n.seq), 0) as seq from ${events} n where n.execution_id = i.id) copied,
       lateral (select min(e.seq) as seq from execution_events e where e.execution_id = i.id) first,
       lateral (select * from execution_events e
                 where e.execution_id = i.id and (e.seq > copied.seq or e.seq = first.seq) offset 0) v`,
    [ids],
  );
}
