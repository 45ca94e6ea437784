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

export async function countTypes(tx: Tx, tenantId: string): Promise<number> {
  const row = await tx.row<{ readonly types: number }>(
    sql`select count(distinct type)::int as types from worker_actions where tenant_id = ${tenantId}`,
  );
  return row?.types ?? 0;
}

/** Not at every claim: the row would be written a thousand times a minute. */
export async function noteAsked(tx: Tx, tenantId: string, types: readonly string[]): Promise<void> {
  await tx.execute(sql`
    update worker_actions set asked_at = now()
     where tenant_id = ${tenantId} and type = any (${types}::text[])
       and (asked_at is null or asked_at < now() - interval '5 seconds')`);
}
