/** The keys that an installation begins with. Both ways are safe to go again, and with several starters at once. */
import { randomUUID } from 'node:crypto';
import type { Database } from '../kernel/db/database.ts';
import { apiKeyPrefix, generateApiKey, hashApiKey } from './api-key.ts';
import { insertAdministratorKey, insertFirstKey } from './store.ts';

/** Sees that the configured key is there. One that was revoked stays revoked. */
export async function ensureBootstrapKey(database: Database, key: string): Promise<void> {
  await insertAdministratorKey(database, newKey('bootstrap', key));
}

/**
 * Makes a key if there is none that works, and returns it: the only moment at which it can be read, so that this comes
 * last in a start, when nothing is left that could fail before it is shown.
 */
export async function makeFirstKey(database: Database): Promise<string | null> {
  const key = generateApiKey();
  return (await insertFirstKey(database, newKey('first administrator', key))) ? key : null;
}

function newKey(name: string, key: string) {
  return { id: randomUUID(), name, prefix: apiKeyPrefix(key), hash: hashApiKey(key) };
}
