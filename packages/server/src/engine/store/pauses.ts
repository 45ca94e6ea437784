/** Pauses of workflows and tenants: what lasts is a row; each change counts, so that who drives executions sees it. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { shardOf } from '../execution-id.ts';

/** `workflowId` null: all of the tenant. */
export type Paused = { readonly tenantId: string; readonly workflowId: string | null };
export type PauseRow = Paused & {
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly reason: string | null;
};

type Why = { readonly by: string; readonly reason: string | null };

/** The pauses that last when this returns; one that lasted already stays as it was. */
export function insertPauses(database: Database, these: readonly Paused[], { by, reason }: Why): Promise<void> {
  return database.transaction({ role: 'engine' }, async (tx) => {
    await tx.execute(sql`update pause_changes set version = version + 1`);
    for (const { tenantId, workflowId } of these)
      await tx.execute(sql`
        insert into pauses (tenant_id, workflow_id, created_by, reason)
        values (${tenantId}, ${workflowId}, ${by}, ${reason}) on conflict do nothing`);
  });
}

export function deletePauses(database: Database, these: readonly Paused[]): Promise<void> {
  return database.transaction({ role: 'engine' }, async (tx) => {
    await tx.execute(sql`update pause_changes set version = version + 1`);
    for (const { tenantId, workflowId } of these)
      await tx.execute(sql`
        delete from pauses where tenant_id = ${tenantId} and workflow_id is not distinct from ${workflowId}`);
  });
}

/** All that last, with the number that they stand for; null when that is no newer than what is known. One snapshot. */
export async function pausesSince(
  database: Database,
  known: bigint,
): Promise<{ readonly version: bigint; readonly pauses: readonly PauseRow[] } | null> {
  type Row = { version: bigint } & (PauseRow | { tenantId: null });
  const rows = await database.query<Row>(
    { role: 'engine' },
    sql`
    select c.version, p.tenant_id as "tenantId", p.workflow_id as "workflowId", p.created_at as "createdAt",
           p.created_by as "createdBy", p.reason
      from pause_changes c left join pauses p on true
     where c.version > ${known}`,
  );
  const [first] = rows;
  if (first === undefined) return null;
  return { version: first.version, pauses: rows.flatMap((row) => (row.tenantId === null ? [] : [row as PauseRow])) };
}

/** Of one tenant, the newest first. */
export function listPauses(database: Database, tenantId: string): Promise<readonly PauseRow[]> {
  return database.query(
    { role: 'app', tenantId },
    sql`
    select tenant_id as "tenantId", workflow_id as "workflowId", created_at as "createdAt", created_by as "createdBy", reason
      from pauses where tenant_id = ${tenantId} order by created_at desc, workflow_id`,
  );
}

const beforeAll = '00000000-0000-0000-0000-000000000000';

/** A page of the unfinished executions of a workflow or tenant in some shards, by shard and id. */
export async function unfinishedOf(
  database: Database,
  shards: readonly number[],
  { tenantId, workflowId }: Paused,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<readonly string[]> {
  const from = after === null ? -1 : shardOf(after);
  const ofWorkflow = workflowId === null ? sql`` : sql`and workflow_id = ${workflowId}`;
  const rows = await database.query<{ id: string }>(
    { role: 'engine' },
    sql`
    select id from workflow_executions
     where finished_at is null and (shard, id) > (${from}::int2, ${after ?? beforeAll}::uuid)
       and shard = any (${shards}::int2[]) and tenant_id = ${tenantId} ${ofWorkflow}
     order by shard, id
     limit ${limit}`,
  );
  return rows.map(({ id }) => id);
}
