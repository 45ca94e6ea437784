/** Executions that were being loaded when their process died, and how often. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { shardOf } from '../execution-id.ts';

/** Loads of executions of these shards after which no sign of life came. */
export async function suspectsOf(database: Database, shards: readonly number[]): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ readonly id: string; readonly loads: number }>(
    { role: 'engine' },
    sql`select execution_id as id, loads from crash_suspects where shard = any (${shards}::int2[])`,
  );
  return new Map(rows.map(({ id, loads }) => [id, loads]));
}

/**
 * To be committed before they are loaded. What counts is processes: one that loads an execution again and again, because it
 * waits in between, has not died of it.
 */
export async function countLoads(database: Database, process: string, executionIds: readonly string[]): Promise<void> {
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`
      insert into crash_suspects (execution_id, shard, process)
      select id, shard, ${process} from unnest(${executionIds}::uuid[], ${executionIds.map(shardOf)}::int2[]) w (id, shard)
       order by id
      on conflict (execution_id) do update
         set loads = least(crash_suspects.loads + (crash_suspects.process <> excluded.process)::int, 100),
             process = excluded.process, at = now()`),
  );
}

/** They have moved, or their process let go of them: nothing is held against them. */
export async function absolve(database: Database, process: string, executionIds: readonly string[]): Promise<void> {
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(
      sql`delete from crash_suspects where execution_id = any (${executionIds}::uuid[]) and process = ${process}`,
    ),
  );
}
