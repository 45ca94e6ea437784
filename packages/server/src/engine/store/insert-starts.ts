/** Many starts in one transaction: all of them are stored, or none. Whoever owns their shards begins them. */
import type { Database, Tx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { shardOf } from '../execution-id.ts';
import type { StartRow } from '../journal/entry.ts';

export type NewStart = { readonly id: string; readonly row: StartRow };

/** `ids` in the order of the starts: new ones, or those that an earlier start with the same key got. */
export type InsertedStarts =
  | { readonly kind: 'stored'; readonly ids: readonly string[] }
  /** The key of the start at `index` stands for another start: nothing was stored. */
  | { readonly kind: 'key_reused'; readonly index: number };

class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';
  readonly index: number;

  constructor(index: number) {
    super('an idempotency key was used for another start');
    this.index = index;
  }
}

/**
 * All starts are of one tenant, under whose policies they are written, and their keys differ. May run twice: a second run of
 * keyed starts finds the keys of the first; one without keys stores the same ids, and is refused by their primary key.
 */
export async function insertStarts(
  database: Database,
  tenantId: string,
  starts: readonly NewStart[],
): Promise<InsertedStarts> {
  try {
    const ids = await database.transaction({ role: 'app', tenantId }, async (tx) => {
      const earlier = await takeKeys(tx, tenantId, starts);
      const fresh = starts.filter(({ id }) => !earlier.has(id));
      if (fresh.length > 0) await insertRows(tx, fresh);
      return starts.map(({ id }) => earlier.get(id) ?? id);
    });
    return { kind: 'stored', ids };
  } catch (error) {
    if (error instanceof KeyReusedError) return { kind: 'key_reused', index: error.index };
    throw error;
  }
}

/** The executions that earlier starts with the same keys began, by the ids that they would have had now. */
async function takeKeys(tx: Tx, tenantId: string, starts: readonly NewStart[]): Promise<ReadonlyMap<string, string>> {
  const keyed = starts.flatMap(({ id, row: { idempotency } }, index) =>
    idempotency ? [{ id, index, ...idempotency }] : [],
  );
  const earlier = new Map<string, string>();
  if (keyed.length === 0) return earlier;
  // In one order, as the lane does, so that no two transactions wait for each other in a circle.
  await tx.execute(sql`
    insert into execution_keys (tenant_id, execution_id, key, hash)
    select ${tenantId}, k.id, k.key, k.hash
      from unnest(${keyed.map(({ id }) => id)}::uuid[], ${keyed.map(({ key }) => key)}::text[],
                  ${keyed.map(({ hash }) => hash)}::bytea[]) k (id, key, hash)
     order by k.key
    on conflict do nothing`);
  // A later statement, so that it sees the rows of those who came first, whom the insert has waited for.
  const rows = await tx.rows<{ key: string; id: string; hash: Buffer }>(sql`
    select key, execution_id as id, hash from execution_keys
     where tenant_id = ${tenantId} and key = any (${keyed.map(({ key }) => key)}::text[])`);
  const known = new Map(rows.map((row) => [row.key, row]));
  for (const { id, index, key, hash } of keyed) {
    const row = known.get(key);
    if (row === undefined || row.id === id) continue;
    if (!row.hash.equals(hash)) throw new KeyReusedError(index);
    earlier.set(id, row.id);
  }
  return earlier;
}

async function insertRows(tx: Tx, starts: readonly NewStart[]): Promise<void> {
  const column = <Value>(read: (row: StartRow) => Value): readonly Value[] => starts.map(({ row }) => read(row));
  await tx.execute(sql`
    insert into workflow_executions
           (id, shard, tenant_id, workflow_id, version_id, root_id, created_at, priority, business_key, labels, trigger, input)
    select s.id, s.shard, s.tenant_id, s.workflow_id, s.version_id, s.id, s.created_at, s.priority, s.business_key, s.labels,
           s.trigger, s.input
      from unnest(${starts.map(({ id }) => id)}::uuid[], ${starts.map(({ id }) => shardOf(id))}::int2[],
                  ${column((row) => row.tenantId)}::uuid[], ${column((row) => row.workflowId)}::uuid[],
                  ${column((row) => row.versionId)}::uuid[], ${column((row) => new Date(row.createdAt))}::timestamptz[],
                  ${column((row) => row.priority)}::int2[], ${column((row) => row.businessKey)}::text[],
                  ${column((row) => row.labels)}::text[], ${column((row) => row.trigger)}::text[],
                  ${column((row) => row.input)}::text[])
           s (id, shard, tenant_id, workflow_id, version_id, created_at, priority, business_key, labels, trigger, input)`);
}
