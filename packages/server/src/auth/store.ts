/** API keys in PostgreSQL: only their hashes. */
import { type As, type Database, defaultTenantId } from '../kernel/db/database.ts';
import { sql } from '../kernel/sql/sql.ts';

export type StoredKey = {
  readonly id: string;
  readonly tenantId: string;
  readonly permissions: readonly string[];
  /** Milliseconds since the epoch; null: it does not expire. */
  readonly expiresAt: number | null;
};

type KeyRow = { id: string; tenant_id: string; permissions: string[]; expires_at: Date | null };

/** The live key with this hash, of whichever tenant; a revoked one is not found. */
export async function findKeyByHash(database: Database, hash: Buffer): Promise<StoredKey | undefined> {
  const [row] = await database.query<KeyRow>(
    { role: 'app', apiKeyHash: hash },
    sql`select id, tenant_id, permissions, expires_at from api_keys where key_hash = ${hash} and revoked_at is null`,
  );
  return (
    row && {
      id: row.id,
      tenantId: row.tenant_id,
      permissions: row.permissions,
      expiresAt: row.expires_at === null ? null : row.expires_at.getTime(),
    }
  );
}

export type NewKey = { readonly id: string; readonly name: string; readonly prefix: string; readonly hash: Buffer };

const owner: As = { role: 'owner' };

/** Makes an administrator's key of the default tenant; the same key again changes nothing, also when it was revoked. */
export function insertAdministratorKey(database: Database, key: NewKey): Promise<boolean> {
  return database.transaction(owner, async (tx) => (await tx.execute(insertion(key))) === 1);
}

/**
 * Makes it only when the default tenant has no key that works. The lock makes several starters one after the other, so
 * that exactly one of them makes a key and prints it.
 */
export function insertFirstKey(database: Database, key: NewKey): Promise<boolean> {
  return database.transaction(owner, async (tx) => {
    await tx.rows(sql`select pg_advisory_xact_lock(hashtext('cloudflow first key'))`);
    const known = await tx.row(
      sql`select 1 from api_keys where tenant_id = ${defaultTenantId} and revoked_at is null limit 1`,
    );
    return known === undefined && (await tx.execute(insertion(key))) === 1;
  });
}

function insertion({ id, name, prefix, hash }: NewKey) {
  return sql`insert into api_keys (id, tenant_id, name, prefix, key_hash, permissions)
    values (${id}, ${defaultTenantId}, ${name}, ${prefix}, ${hash}, ${['*']}) on conflict (key_hash) do nothing`;
}
