/** Every SQL statement of the credential service. */

import type { Tx } from '../kernel/db/database.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import { sql } from '../kernel/sql/sql.ts';

export type Reader = { rows<T>(query: Sql): Promise<T[]> };

export type CredentialRow = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly fields: readonly string[];
  readonly allowedHosts: readonly string[] | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly createdBy: string;
  readonly updatedBy: string;
};

const columns = sql`id, name, type, description, fields, allowed_hosts as "allowedHosts", created_at as "createdAt",
  updated_at as "updatedAt", created_by as "createdBy", updated_by as "updatedBy"`;

export type NewCredential = Omit<CredentialRow, 'createdAt' | 'updatedAt' | 'updatedBy'> & { readonly sealed: Buffer };

/** Undefined when the name is taken. */
export async function insert(tx: Tx, tenantId: string, of: NewCredential): Promise<CredentialRow | undefined> {
  return tx.row<CredentialRow>(sql`
    insert into credentials (id, tenant_id, name, type, description, fields, allowed_hosts, "values", created_by, updated_by)
    values (${of.id}, ${tenantId}, ${of.name}, ${of.type}, ${of.description}, ${of.fields}, ${of.allowedHosts}, ${of.sealed},
            ${of.createdBy}, ${of.createdBy})
        on conflict on constraint credentials_name do nothing
    returning ${columns}`);
}

export async function find(reader: Reader, tenantId: string, id: string): Promise<CredentialRow | undefined> {
  const [row] = await reader.rows<CredentialRow>(
    sql`select ${columns} from credentials where tenant_id = ${tenantId} and id = ${id}`,
  );
  return row;
}

export type SealedRow = {
  readonly id: string;
  readonly type: string;
  readonly allowedHosts: readonly string[] | null;
  readonly sealed: Buffer;
};

/** By its name, as workflows use it. */
export async function findSealed(reader: Reader, tenantId: string, name: string): Promise<SealedRow | undefined> {
  const [row] = await reader.rows<SealedRow>(sql`
    select id, type, allowed_hosts as "allowedHosts", "values" as sealed
      from credentials where tenant_id = ${tenantId} and name = ${name}`);
  return row;
}

export function list(
  reader: Reader,
  tenantId: string,
  { before, limit }: { readonly before: string | null; readonly limit: number },
): Promise<readonly CredentialRow[]> {
  return reader.rows<CredentialRow>(sql`
    select ${columns} from credentials
     where tenant_id = ${tenantId} and (${before}::uuid is null or id < ${before})
     order by id desc limit ${limit}`);
}

export async function names(reader: Reader, tenantId: string, limit: number): Promise<readonly string[]> {
  const rows = await reader.rows<{ name: string }>(
    sql`select name from credentials where tenant_id = ${tenantId} order by name limit ${limit}`,
  );
  return rows.map(({ name }) => name);
}

/** Of these names those that exist. */
export async function known(reader: Reader, tenantId: string, asked: readonly string[]): Promise<readonly string[]> {
  const rows = await reader.rows<{ name: string }>(
    sql`select name from credentials where tenant_id = ${tenantId} and name = any (${asked})`,
  );
  return rows.map(({ name }) => name);
}

export async function count(reader: Reader, tenantId: string): Promise<number> {
  const [row] = await reader.rows<{ count: number }>(
    sql`select count(*)::int4 as count from credentials where tenant_id = ${tenantId}`,
  );
  return row?.count ?? 0;
}

/** Locked until the transaction ends, so that two changes come one after the other. */
export async function lock(tx: Tx, tenantId: string, id: string): Promise<CredentialRow | undefined> {
  return tx.row<CredentialRow>(
    sql`select ${columns} from credentials where tenant_id = ${tenantId} and id = ${id} for update`,
  );
}

export type CredentialUpdate = Pick<NewCredential, 'name' | 'description' | 'fields' | 'allowedHosts'> & {
  /** Null: the values stay. */
  readonly sealed: Buffer | null;
  readonly updatedBy: string;
};

export async function update(
  tx: Tx,
  tenantId: string,
  id: string,
  to: CredentialUpdate,
): Promise<CredentialRow | undefined> {
  return tx.row<CredentialRow>(sql`
    update credentials
       set name = ${to.name}, description = ${to.description}, fields = ${to.fields}, allowed_hosts = ${to.allowedHosts},
           "values" = coalesce(${to.sealed}::bytea, "values"), updated_at = now(), updated_by = ${to.updatedBy}
     where tenant_id = ${tenantId} and id = ${id}
    returning ${columns}`);
}

export async function remove(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  return (await tx.execute(sql`delete from credentials where tenant_id = ${tenantId} and id = ${id}`)) === 1;
}

export type KeyRow = { readonly credentialId: string; readonly request: Buffer };

export async function findKey(tx: Tx, tenantId: string, key: string): Promise<KeyRow | undefined> {
  return tx.row<KeyRow>(sql`
    select credential_id as "credentialId", request from credential_keys where tenant_id = ${tenantId} and key = ${key}`);
}

/** False when another request has just committed under this key. */
export async function insertKey(tx: Tx, tenantId: string, key: string, of: KeyRow): Promise<boolean> {
  const inserted = await tx.execute(sql`
    insert into credential_keys (tenant_id, key, credential_id, request)
    values (${tenantId}, ${key}, ${of.credentialId}, ${of.request}) on conflict do nothing`);
  return inserted === 1;
}

/** Of the engine: the chore knows no tenant. */
export async function forgetKeys(
  tx: Tx,
  { olderThanMs, limit }: { readonly olderThanMs: number; readonly limit: number },
): Promise<number> {
  return tx.execute(sql`
    delete from credential_keys k using (
      select tenant_id, key from credential_keys
       where created_at < now() - ${olderThanMs}::float8 * interval '1 millisecond' order by created_at limit ${limit}
    ) old where k.tenant_id = old.tenant_id and k.key = old.key`);
}
