/** What an explanation needs beside the journal: whether anybody drives the execution. */
import type { ExecutionStatus } from '@cloudflow/core/run/event.ts';
import type { OutsideFacts } from '@cloudflow/core/run/explain/explanation.ts';
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { shardOf } from '../execution-id.ts';

/** `queue` when it has not begun, or when nobody owns its shard: the lease is over, and no process has taken it. */
export async function readOutside(
  database: Database,
  { id, status }: { readonly id: string; readonly status: ExecutionStatus },
): Promise<OutsideFacts> {
  const shard = shardOf(id);
  const [row] = await database.query<{ owner: string | null; leaseUntil: Date; isOver: boolean }>(
    { role: 'engine' },
    sql`
    select owner, lease_until as "leaseUntil", lease_until < clock_timestamp() as "isOver"
      from shards where shard = ${shard}::int2`,
  );
  const isDriven = row !== undefined && row.owner !== null && !row.isOver;
  if (isDriven && status !== 'PENDING') return {};
  return {
    queue: {
      shard,
      owner: isDriven ? row.owner : null,
      lease_until: row === undefined || row.owner === null ? null : row.leaseUntil.toISOString(),
    },
  };
}
