/** SQL of what became the current version of a workflow, when, and by whom. */
import type { Tx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import type { Reader } from '../store.ts';

export type PublicationKind = 'publish' | 'rollback';

export type Publication = {
  readonly id: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly versionId: string;
  /** Null: it had none before. */
  readonly fromVersionId: string | null;
  readonly kind: PublicationKind;
  readonly madeBy: string | null;
  readonly reason: string;
  readonly slug: string;
  readonly version: string;
  readonly correlationId: string;
};

const eventTypes = { publish: 'workflow.published', rollback: 'workflow.rolled_back' } as const;

/**
 * Makes the version the current one, writes that down, and tells the others: in the transaction of the caller, who holds the
 * lock of the workflow's row.
 */
export async function makeCurrent(tx: Tx, made: Publication): Promise<void> {
  const { tenantId, workflowId, versionId } = made;
  const payload = JSON.stringify({
    id: workflowId,
    version_id: versionId,
    workflow_id: made.slug,
    version: made.version,
  });
  await Promise.all([
    tx.execute(sql`
      update workflows set current_version_id = ${versionId}, updated_at = now()
       where tenant_id = ${tenantId} and id = ${workflowId}`),
    tx.execute(sql`
      insert into workflow_publications (id, tenant_id, workflow_id, version_id, from_version_id, made_by, kind, reason)
      values (${made.id}, ${tenantId}, ${workflowId}, ${versionId}, ${made.fromVersionId}, ${made.madeBy}, ${made.kind},
              ${made.reason})`),
    tx.execute(sql`
      insert into outbox (id, tenant_id, type, correlation_id, payload)
      values (${made.id}, ${tenantId}, ${eventTypes[made.kind]}, ${made.correlationId}, ${payload})`),
  ]);
}

export type PublicationRow = Pick<Publication, 'id' | 'version' | 'kind' | 'madeBy' | 'reason'> & {
  readonly fromVersion: string | null;
  readonly madeAt: Date;
};

/** Newest first. */
export async function listPublications(
  reader: Reader,
  tenantId: string,
  page: { readonly workflowId: string; readonly before: string | null; readonly limit: number },
): Promise<readonly PublicationRow[]> {
  return reader.rows<PublicationRow>(sql`
    select p.id, v.version, f.version as "fromVersion", p.kind, p.made_by as "madeBy", p.made_at as "madeAt", p.reason
      from workflow_publications p
      join workflow_versions v on v.tenant_id = p.tenant_id and v.id = p.version_id
      left join workflow_versions f on f.tenant_id = p.tenant_id and f.id = p.from_version_id
     where p.tenant_id = ${tenantId} and p.workflow_id = ${page.workflowId}
       and (${page.before}::uuid is null or p.id < ${page.before}::uuid)
     order by p.id desc
     limit ${page.limit}`);
}
