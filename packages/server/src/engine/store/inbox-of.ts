/** Commands that wait for the owner of their shard. Not a cursor: a row that commits late is seen by a later look. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

export type InboxRow = {
  readonly id: string;
  readonly shard: number;
  readonly executionId: string;
  readonly kind: string;
  /** JSON text. */
  readonly payload: string;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly createdAt: number;
};

export async function inboxOf(database: Database, shards: readonly number[], limit: number): Promise<InboxRow[]> {
  type Row = Omit<InboxRow, 'createdAt'> & { readonly createdAt: Date };
  const rows = await database.query<Row>(
    { role: 'engine' },
    sql`
    select id::text, shard, execution_id as "executionId", kind, payload, created_at as "createdAt"
      from execution_inbox where shard = any(${shards}::smallint[]) order by execution_inbox.id limit ${limit}`,
  );
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.getTime() }));
}
