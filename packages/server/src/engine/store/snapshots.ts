/** Rows of `execution_snapshots`. Each may be there or not, and be older than the journal: it is a cache. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import type { StoredSnapshot } from '../snapshots/snapshot-text.ts';

export type SnapshotRow = StoredSnapshot & { readonly executionId: string };

/** An older one never takes the place of a newer one, whoever is late. Many at once, as arrays: few statements for all. */
export async function writeSnapshots(database: Database, rows: readonly SnapshotRow[]): Promise<void> {
  const column = <K extends keyof SnapshotRow>(name: K): SnapshotRow[K][] => rows.map((row) => row[name]);
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`
      insert into execution_snapshots (execution_id, seq, events, format, checksum, data)
      select * from unnest(${column('executionId')}::uuid[], ${column('seq')}::int[], ${column('events')}::int[],
                           ${column('format')}::text[], ${column('checksum')}::bytea[], ${column('data')}::text[]) w (id)
       order by id
      on conflict (execution_id) do update
         set at = now(), seq = excluded.seq, events = excluded.events, format = excluded.format,
             checksum = excluded.checksum, data = excluded.data
       where excluded.seq > execution_snapshots.seq or excluded.format <> execution_snapshots.format`),
  );
}

export async function deleteSnapshots(database: Database, executionIds: readonly string[]): Promise<void> {
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`delete from execution_snapshots where execution_id = any (${executionIds}::uuid[])`),
  );
}

/** Of executions that have ended, which a process that died could not delete. */
export async function forgetSnapshots(database: Database): Promise<void> {
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`
      delete from execution_snapshots s
       where not exists (select from workflow_executions e where e.id = s.execution_id and e.finished_at is null)`),
  );
}

export async function readSnapshots(
  database: Database,
  executionIds: readonly string[],
): Promise<readonly SnapshotRow[]> {
  return database.query<SnapshotRow>(
    { role: 'engine' },
    sql`
    select execution_id as "executionId", seq, events, format, checksum, data
      from execution_snapshots where execution_id = any (${executionIds}::uuid[])`,
  );
}
