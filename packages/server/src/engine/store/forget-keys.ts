/** Idempotency keys past their window. */
import type { Database, Tx } from '../../kernel/db/database.ts';
import { deleteInBatches } from '../../kernel/db/delete-in-batches.ts';
import { sql } from '../../kernel/sql/sql.ts';

/**
 * Deletes keys older than that by the database's clock, which made them (one of ours that is ahead would forget them all), and
 * returns how many. One process at a time does it: the others find the lock taken and leave it to that one.
 */
export function forgetKeys(
  database: Database,
  { olderThanMs, signal }: { readonly olderThanMs: number; readonly signal: AbortSignal },
): Promise<number> {
  return deleteInBatches(database, (tx, limit) => forgetSome(tx, olderThanMs, limit), signal);
}

async function forgetSome(tx: Tx, olderThanMs: number, limit: number): Promise<number> {
  const lock = await tx.row<{ mine: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtext('cloudflow forget keys')) as mine`,
  );
  if (!lock?.mine) return 0;
  return tx.execute(sql`
    delete from execution_keys k using (
      select tenant_id, key from execution_keys
       where created_at < now() - ${olderThanMs}::float8 * interval '1 millisecond' order by created_at limit ${limit}
    ) old where k.tenant_id = old.tenant_id and k.key = old.key`);
}
