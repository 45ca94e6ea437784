/**
 * Tries that run in another process than the one that owns the shard of their execution: recorded when the shard is handed
 * over, reported through the inbox, given up with the process that runs them.
 */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { shardOf } from '../execution-id.ts';

/** `name`: see `tryName`. */
export type TryRef = { readonly executionId: string; readonly name: string };

/** A process as others see it: it lives while it has shown itself within `aliveMs`. */
export type Process = { readonly id: string; readonly aliveMs: number };

const columns = (tries: readonly TryRef[]) => ({
  ids: tries.map(({ executionId }) => executionId),
  names: tries.map(({ name }) => name),
});

/** From here on these tries report through the inbox. To be committed before their shards are given away. */
export async function recordOwners(database: Database, process: string, tries: readonly TryRef[]): Promise<void> {
  const { ids, names } = columns(tries);
  const shards = ids.map(shardOf);
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`
      insert into attempt_owners (execution_id, try, shard, process)
      select *, ${process}::uuid from unnest(${ids}::uuid[], ${names}::text[], ${shards}::int2[])
      on conflict (execution_id, try) do update set process = excluded.process, ended = false, stop = false`),
  );
}

/**
 * The outcome of a recorded try, for whoever owns its execution now. Once: a second report, and one of a try that was given
 * to somebody else, find no row. Nothing is sent to an execution that has ended. `payload` is JSON text.
 */
export async function reportOutcome(
  database: Database,
  process: string,
  { executionId, name }: TryRef,
  payload: string,
): Promise<void> {
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`
      with mine as (
        update attempt_owners set ended = true
         where execution_id = ${executionId} and try = ${name} and process = ${process} and not ended
        returning execution_id, shard)
      insert into execution_inbox (shard, execution_id, kind, payload)
      select mine.shard, mine.execution_id, 'attempt_ended', ${payload} from mine
        join workflow_executions e on e.id = mine.execution_id and e.finished_at is null`),
  );
}

/** Recorded tries that this process still runs for others, and whether they are asked to stop. */
export function ownedTries(database: Database, process: string): Promise<(TryRef & { readonly stop: boolean })[]> {
  return database.query(
    { role: 'engine' },
    sql`select execution_id as "executionId", try as name, stop from attempt_owners where process = ${process} and not ended`,
  );
}

/** Asks whoever runs these tries to stop them. */
export async function stopElsewhere(database: Database, tries: readonly TryRef[]): Promise<void> {
  const { ids, names } = columns(tries);
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`
      update attempt_owners a set stop = true from unnest(${ids}::uuid[], ${names}::text[]) w (execution_id, name)
       where a.execution_id = w.execution_id and a.try = w.name and not a.ended`),
  );
}

/** What this process stops running without an outcome is for the owners of the executions to hand out again. */
export async function giveTriesBack(database: Database, process: string): Promise<void> {
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`delete from attempt_owners where process = ${process} and not ended`),
  );
}

/**
 * Of tries that an owner waits for, those that nobody runs any more: their process has not shown itself for long, or gave
 * them back. What has ended is in the inbox, and not lost. Their rows go, so that a process which wakes up late reports
 * nothing of what was begun anew.
 */
export async function lostTries(
  database: Database,
  { id, aliveMs, isAlone }: Process & { readonly isAlone: boolean },
  awaited: readonly TryRef[],
): Promise<TryRef[]> {
  const { ids, names } = columns(awaited);
  return database.transaction({ role: 'engine' }, (tx) =>
    tx.rows<TryRef>(sql`
      with lost as (
        select w.execution_id, w.name from unnest(${ids}::uuid[], ${names}::text[]) w (execution_id, name)
         where not exists (
           select from attempt_owners a
            where a.execution_id = w.execution_id and a.try = w.name
              and (a.ended or a.process = ${id} or not ${isAlone} and exists (
                select from engine_members m
                 where m.id = a.process and m.seen_at > now() - ${aliveMs}::float8 * interval '1 millisecond')))),
      gone as (
        delete from attempt_owners a using lost
         where a.execution_id = lost.execution_id and a.try = lost.name and not a.ended)
      select execution_id as "executionId", name from lost`),
  );
}

/** Rows that nobody needs: reported and heard, or of processes that are long gone. */
export async function forgetOwners(database: Database): Promise<void> {
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`
      delete from attempt_owners a
       where a.since < now() - interval '1 minute'
         and case when a.ended
               then not exists (select from execution_inbox i
                                 where i.shard = a.shard and i.execution_id = a.execution_id and i.kind = 'attempt_ended')
               else not exists (select from engine_members m where m.id = a.process) end`),
  );
}
