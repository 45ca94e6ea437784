/** What belonged to archived executions, outside of the partitions that went. */
import type pg from 'pg';
import type { OldMonth } from '../../kernel/db/partitions.ts';
import { retiredOf } from '../../kernel/db/survivors.ts';

const batch = 5_000;

/** Before they are gone: a start with such a key begins a new one then, and is never answered with one that does not exist. */
export async function forgetKeysOfArchived(client: pg.ClientBase, { before }: OldMonth, until: Date): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query(
      `delete from execution_keys k using (
         select tenant_id, key from execution_keys o
          where o.created_at < $2 and o.execution_id < $1
            and not exists (select from retention_kept r where r.execution_id = o.execution_id)
          limit ${batch}) old
        where k.tenant_id = old.tenant_id and k.key = old.key`,
      [before, until],
    );
    if ((rowCount ?? 0) < batch) return;
  }
}

/** Which of these are still there. */
export async function stillThere(client: pg.ClientBase, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>(
    `select i.id from unnest($1::uuid[]) i (id) where exists (select from workflow_executions e where e.id = i.id)`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

const tables = [
  'execution_snapshots',
  'execution_inbox',
  'execution_timers',
  'attempt_owners',
  'tasks',
  'execution_logs',
  'execution_log_sizes',
  'crash_suspects',
  'execution_labels',
];

/** Their labels, and what was on its way to them or counted of them, which in the ordinary course is nothing. */
export async function forgetRowsOfArchived(client: pg.ClientBase): Promise<void> {
  const retired = retiredOf('workflow_executions');
  for (const table of tables)
    for (const old of retired) {
      const { rows } = await client.query(`select to_regclass($1) as there`, [old]);
      if (rows[0]?.there === null) continue;
      await client.query(
        `delete from ${table} t where exists (select from ${old} o where o.id = t.execution_id)
            and not exists (select from workflow_executions e where e.id = t.execution_id)`,
      );
    }
}
