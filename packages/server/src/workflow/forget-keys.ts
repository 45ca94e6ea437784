/** Idempotency keys of publishes past their window. */
import type { Database } from '../kernel/db/database.ts';
import { deleteInBatches } from '../kernel/db/delete-in-batches.ts';
import * as store from './store.ts';

/** Deletes keys older than that by the database's clock, and returns how many. */
export function forgetPublishKeys(
  database: Database,
  { olderThanMs, signal }: { readonly olderThanMs: number; readonly signal: AbortSignal },
): Promise<number> {
  return deleteInBatches(database, (tx, limit) => store.forgetKeys(tx, { olderThanMs, limit }), signal);
}
