/** Idempotency keys of publishes past their window. */
import type { Database } from '../kernel/db/database.ts';
import * as store from './store.ts';

/** Few enough for locks and WAL to be over in a moment. */
const batch = 5_000;

/** Deletes keys older than that by the database's clock, in short transactions, and returns how many. */
export async function forgetPublishKeys(
  database: Database,
  { olderThanMs, signal }: { readonly olderThanMs: number; readonly signal: AbortSignal },
): Promise<number> {
  let total = 0;
  for (;;) {
    const forget = { olderThanMs, limit: batch };
    const count = await database.transaction({ role: 'engine' }, (tx) => store.forgetKeys(tx, forget), { signal });
    total += count;
    if (count < batch) return total;
  }
}
