/** Every SQL statement of the registry. */
import type { Database, Tx } from '../kernel/db/database.ts';
import { sql } from '../kernel/sql/sql.ts';

export type DeclaredRow = {
  readonly type: string;
  readonly version: number;
  readonly digest: Buffer;
  /** JSON text. */
  readonly declaration: string;
  readonly declaredAt: Date;
  readonly askedAt: Date | null;
};

const columns = sql`type, version, digest, declaration, declared_at as "declaredAt", asked_at as "askedAt"`;

/** The highest version of each type, or of one. */
export function currentActions(
  database: Database,
  tenantId: string,
  type: string | null = null,
): Promise<DeclaredRow[]> {
  return database.query(
    { role: 'app', tenantId },
    sql`
    select distinct on (type) ${columns} from worker_actions
     where tenant_id = ${tenantId} and (${type}::text is null or type = ${type}) order by type, version desc`,
  );
}

/** Two who declare one version at the same time: the second waits for the first, and finds its row. */
export async function insertAction(
  tx: Tx,
  tenantId: string,
  of: Pick<DeclaredRow, 'type' | 'version' | 'digest' | 'declaration'>,
): Promise<DeclaredRow | undefined> {
  await tx.execute(sql`
    insert into worker_actions (tenant_id, type, version, digest, declaration)
    values (${tenantId}, ${of.type}, ${of.version}, ${of.digest}, ${of.declaration})
        on conflict (tenant_id, type, version) do update set declaration = excluded.declaration
     where worker_actions.digest = excluded.digest`);
  return tx.row<DeclaredRow>(sql`
    select ${columns} from worker_actions
     where tenant_id = ${tenantId} and type = ${of.type} and version = ${of.version}`);
}

/** How many there are beside this one: other types, and other versions of this type. */
export async function countOthers(
  tx: Tx,
  tenantId: string,
  { type, version }: Pick<DeclaredRow, 'type' | 'version'>,
): Promise<{ readonly types: number; readonly versions: number }> {
  const row = await tx.row<{ readonly types: number; readonly versions: number }>(sql`
    select count(distinct type) filter (where type <> ${type})::int as types,
           count(*) filter (where type = ${type} and version <> ${version})::int as versions
      from worker_actions where tenant_id = ${tenantId}`);
  return row ?? { types: 0, versions: 0 };
}

/** Not at every claim: the row would be written a thousand times a minute. */
export async function noteAsked(tx: Tx, tenantId: string, types: readonly string[]): Promise<void> {
  await tx.execute(sql`
    update worker_actions set asked_at = now()
     where tenant_id = ${tenantId} and type = any (${types}::text[])
       and (asked_at is null or asked_at < now() - interval '5 seconds')`);
}

export type OperationRow = {
  readonly name: string;
  /** JSON text. */
  readonly definition: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const operationColumns = sql`name, definition, created_at as "createdAt", updated_at as "updatedAt"`;

export async function putOperation(
  tx: Tx,
  tenantId: string,
  of: Pick<OperationRow, 'name' | 'definition'> & { readonly updatedBy: string },
): Promise<OperationRow | undefined> {
  return tx.row<OperationRow>(sql`
    insert into registered_operations (tenant_id, name, definition, updated_by)
    values (${tenantId}, ${of.name}, ${of.definition}, ${of.updatedBy})
        on conflict (tenant_id, name) do update
       set definition = excluded.definition, updated_by = excluded.updated_by, updated_at = now()
    returning ${operationColumns}`);
}

export async function findOperation(
  database: Database,
  tenantId: string,
  name: string,
): Promise<OperationRow | undefined> {
  const [row] = await database.query<OperationRow>(
    { role: 'app', tenantId },
    sql`select ${operationColumns} from registered_operations where tenant_id = ${tenantId} and name = ${name}`,
  );
  return row;
}

export function listOperations(
  database: Database,
  tenantId: string,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<OperationRow[]> {
  return database.query(
    { role: 'app', tenantId },
    sql`
    select ${operationColumns} from registered_operations
     where tenant_id = ${tenantId} and name > ${after} order by name limit ${limit}`,
  );
}

/** Beside the one of this name. */
export async function countOtherOperations(tx: Tx, tenantId: string, name: string): Promise<number> {
  const row = await tx.row<{ readonly many: number }>(
    sql`select count(*)::int as many from registered_operations where tenant_id = ${tenantId} and name <> ${name}`,
  );
  return row?.many ?? 0;
}

export async function removeOperation(tx: Tx, tenantId: string, name: string): Promise<boolean> {
  return (
    (await tx.execute(sql`delete from registered_operations where tenant_id = ${tenantId} and name = ${name}`)) === 1
  );
}

/** Of these names those that exist. */
export async function knownOperations(
  database: Database,
  tenantId: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const rows = await database.query<{ readonly name: string }>(
    { role: 'app', tenantId },
    sql`select name from registered_operations where tenant_id = ${tenantId} and name = any (${names})`,
  );
  return rows.map(({ name }) => name);
}
