/** Deletes much in little bites: each transaction is over in a moment, and what is done stays done. */
import type { Database, Tx } from './database.ts';

/** Few enough for locks and WAL to be over in a moment. */
const batch = 5_000;

/** Calls `deleteSome` with a limit, each time in a transaction of its own, until it finds fewer than that; returns how many in all. */
export async function deleteInBatches(
  database: Database,
  deleteSome: (tx: Tx, limit: number) => Promise<number>,
  signal: AbortSignal,
): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await database.transaction({ role: 'engine' }, (tx) => deleteSome(tx, batch), { signal });
    total += count;
    if (count < batch) return total;
  }
}
