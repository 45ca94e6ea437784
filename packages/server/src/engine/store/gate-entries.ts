/** Who holds a gate and who waits at it, as the last flush wrote it. Read by the owner of the shard alone, who then knows better. */
import type { GateEntry } from '@cloudflow/core/gate/gate.ts';
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

export type StoredEntry = GateEntry & { readonly tenantId: string };

export async function gateEntries(database: Database, gateId: string): Promise<StoredEntry[]> {
  type Row = Omit<StoredEntry, 'since'> & { readonly since: Date };
  const rows = await database.query<Row>(
    { role: 'engine' },
    sql`
    select execution_id as execution, run, tenant_id as "tenantId", since, priority, most_held as limit, held
      from gate_entries where gate_id = ${gateId} order by since, execution_id`,
  );
  return rows.map((row) => ({ ...row, since: row.since.getTime() }));
}

/** Gates with a free place and somebody who waits for it: their owner died between a leave and what follows from it. */
export async function standingGates(database: Database, shards: readonly number[]): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    { role: 'engine' },
    sql`
    select g.gate_id as id from gate_entries g
     where g.gate_id in (select w.gate_id from gate_entries w where not w.held and w.shard = any (${shards}::int2[]))
     group by g.gate_id
    having count(*) filter (where g.held)
           < least(max(g.most_held) filter (where not g.held), min(g.most_held) filter (where g.held))`,
  );
  return rows.map(({ id }) => id);
}
