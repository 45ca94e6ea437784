/**
 * Binds the database to a master key, once, and to another one when the operator says so by naming the one before. A process
 * with a wrong key, or without the key, is refused before it serves: it could read nothing, and what it wrote the others could
 * not read.
 */
import { decrypt, encrypt } from '../crypto/aes-gcm.ts';
import type { Database, Tx } from '../db/database.ts';
import { sql } from '../sql/sql.ts';
import { type MasterKey, MasterKeyError, makeKeyFile, masterKeyFile, readKeyFile } from './master-key.ts';

export type MasterKeySource = {
  /** From the configuration; null: the file of the data directory. */
  readonly given: MasterKey | null;
  /** The one before, while keys are changed. */
  readonly previous: MasterKey | null;
  readonly dataDir: string;
};

export type Claimed = { readonly master: MasterKey; readonly isNew: boolean; readonly isRotated: boolean };

/** Throws MasterKeyError. */
export async function claimMasterKey(
  database: Database,
  { given, previous, dataDir }: MasterKeySource,
): Promise<Claimed> {
  const known = await database.transaction({ role: 'owner' }, fingerprint);
  const found = given ?? (await readKeyFile(dataDir));
  if (found === undefined && known !== undefined) throw missing(known, dataDir);
  const master = found ?? (await makeKeyFile(dataDir));
  return database.transaction({ role: 'owner' }, async (tx) => {
    const isNew =
      (await tx.execute(
        sql`insert into master_key (fingerprint) values (${master.fingerprint}) on conflict do nothing`,
      )) === 1;
    const current = await tx.row<{ fingerprint: string }>(sql`select fingerprint from master_key for update`);
    if (current?.fingerprint === master.fingerprint) return { master, isNew, isRotated: false };
    if (current === undefined || current.fingerprint !== previous?.fingerprint)
      throw wrong(current?.fingerprint, master);
    await wrapAnew(tx, previous, master);
    return { master, isNew: false, isRotated: true };
  });
}

async function fingerprint(tx: Tx): Promise<string | undefined> {
  return (await tx.row<{ fingerprint: string }>(sql`select fingerprint from master_key`))?.fingerprint;
}

/** Few rows, one for a tenant and more only after its key was changed: in one transaction, so that a crash changes nothing. */
async function wrapAnew(tx: Tx, before: MasterKey, after: MasterKey): Promise<void> {
  await tx.execute(sql`lock table data_keys in exclusive mode`); // nobody adds one under the old key meanwhile
  const rows = await tx.rows<{ tenantId: string; id: number; wrapped: Buffer }>(
    sql`select tenant_id as "tenantId", id, wrapped from data_keys`,
  );
  for (const { tenantId, id, wrapped } of rows) {
    const place = wrapPlace(tenantId, id);
    const anew = encrypt(after.key, decrypt(before.key, wrapped, place), place);
    await tx.execute(sql`update data_keys set wrapped = ${anew} where tenant_id = ${tenantId} and id = ${id}`);
  }
  await tx.execute(sql`update master_key set fingerprint = ${after.fingerprint}, since = now()`);
}

/** What a wrapped key is bound to. */
export function wrapPlace(tenantId: string, id: number): string {
  return `data-key/${tenantId}/${id}`;
}

function missing(known: string, dataDir: string): MasterKeyError {
  return new MasterKeyError(
    `this database was encrypted with the master key ${known}, and there is no ${dataDir}/${masterKeyFile}: ` +
      'restore that file from its copy, or give the key as CLOUDFLOW_MASTER_KEY',
  );
}

function wrong(known: string | undefined, { fingerprint: got, from }: MasterKey): MasterKeyError {
  return new MasterKeyError(
    `this database was encrypted with the master key ${known ?? 'of another process'}, and the one in ${from} is ${got}: ` +
      'give the right one, or, to change keys, the one before as CLOUDFLOW_MASTER_KEY_PREVIOUS',
  );
}
