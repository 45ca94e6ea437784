/** Makes the months that executions belong to, when a flush found that one is missing, and the days of the engine's commits. */
import type { Database } from '../../kernel/db/database.ts';
import { ensurePartitions, ensurePartitionsOf } from '../../kernel/db/partitions.ts';

export async function makePartitions(database: Database, executionIds: readonly string[]): Promise<void> {
  const client = await database.connectDirect('partitions', { role: 'owner' });
  try {
    await ensurePartitions(client);
    // The first 32 bits of an id are its time to a minute: one of each minute finds all months (what it misses, the next try finds).
    const oneOfEachTime = new Map(executionIds.map((id) => [id.slice(0, 8), id]));
    for (const id of oneOfEachTime.values()) await ensurePartitionsOf(client, id);
  } finally {
    await client.end();
  }
}
