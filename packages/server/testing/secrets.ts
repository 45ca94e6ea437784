/** Secrets of a test database, under a master key that nobody keeps. */
import { randomBytes } from 'node:crypto';
import type { Database } from '../src/kernel/db/database.ts';
import { masterKey } from '../src/kernel/secret/master-key.ts';
import { createPostgresSecrets } from '../src/kernel/secret/postgres-secrets.ts';
import type { SecretBox } from '../src/kernel/secret/secret-box.ts';

export function testSecrets(database: Database): SecretBox {
  const master = masterKey(randomBytes(32).toString('base64'), 'the test');
  return createPostgresSecrets({ database, master, monotonic: () => performance.now() });
}
