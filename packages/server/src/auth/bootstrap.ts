/** The keys that an installation begins with. */
import { randomUUID } from 'node:crypto';
import type { Database } from '../kernel/db/database.ts';
import { apiKeyPrefix, generateApiKey, hashApiKey } from './api-key.ts';
import { insertAdministratorKey, insertFirstKey } from './store.ts';

/**
 * With a configured key: sees that it is there. Without: makes one if there is none yet, and returns it, which is the only
 * moment at which it can be read. Safe with several starters.
 */
export async function bootstrapKeys(database: Database, configured: string | null): Promise<string | null> {
  if (configured !== null) {
    await insertAdministratorKey(database, newKey('bootstrap', configured));
    return null;
  }
  const key = generateApiKey();
  return (await insertFirstKey(database, newKey('first administrator', key))) ? key : null;
}

function newKey(name: string, key: string) {
  return { id: randomUUID(), name, prefix: apiKeyPrefix(key), hash: hashApiKey(key) };
}
