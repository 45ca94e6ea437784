/** Idempotency keys past their window. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

/** Few enough for locks and WAL to be over in a moment. */
const batch = 5_000;

/**
 * Deletes keys made before `before` (milliseconds since the epoch), in short transactions, and returns how many. Several
 * processes may do it at once: they skip what another one is deleting.
 */
export async function forgetKeys(
  database: Database,
  { before, signal }: { readonly before: number; readonly signal: AbortSignal },
): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await database.transaction(
      { role: 'engine' },
      (tx) =>
        tx.execute(sql`
        delete from execution_keys k using (
          select tenant_id, key from execution_keys where created_at < ${new Date(before)}
           order by created_at limit ${batch} for update skip locked
        ) old where k.tenant_id = old.tenant_id and k.key = old.key`),
      { signal },
    );
    total += count;
    if (count < batch) return total;
  }
}
