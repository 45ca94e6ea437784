/** Idempotency keys past their window. */
import type { Database, Tx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

/** Few enough for locks and WAL to be over in a moment. */
const batch = 5_000;

/**
 * Deletes keys older than that by the database's clock, which made them (one of ours that is ahead would forget them all), in
 * short transactions, and returns how many. One process at a time does it: the others find the lock taken and leave it to that
 * one.
 */
export async function forgetKeys(
  database: Database,
  { olderThanMs, signal }: { readonly olderThanMs: number; readonly signal: AbortSignal },
): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await database.transaction({ role: 'engine' }, (tx) => forgetBatch(tx, olderThanMs), { signal });
    total += count;
    if (count < batch) return total;
  }
}

async function forgetBatch(tx: Tx, olderThanMs: number): Promise<number> {
  const lock = await tx.row<{ mine: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtext('cloudflow forget keys')) as mine`,
  );
  if (!lock?.mine) return 0;
  return tx.execute(sql`
    delete from execution_keys k using (
      select tenant_id, key from execution_keys
       where created_at < now() - ${olderThanMs}::float8 * interval '1 millisecond' order by created_at limit ${batch}
    ) old where k.tenant_id = old.tenant_id and k.key = old.key`);
}
