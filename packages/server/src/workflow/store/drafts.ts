/**
 * SQL of drafts. `workflow_drafts` has a row for each time that a draft was saved; the last one is the draft. Whoever writes
 * holds the lock of the workflow's row.
 */
import type { Tx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { named, type Reader } from '../store.ts';

/** The draft of a workflow. Where none was ever saved it is the current version, as revision 0. */
export type DraftRow = {
  readonly workflowId: string;
  readonly slug: string;
  /** Null: nothing has been published. */
  readonly currentVersion: string | null;
  readonly revision: number;
  readonly digest: Buffer;
  readonly savedAt: Date;
  /** Null for revision 0. */
  readonly savedBy: string | null;
  /** The version that this work began from; null: there was none. */
  readonly basedOn: string | null;
  /** The version that this very revision became. */
  readonly publishedAs: string | null;
};

export type DraftWithDefinition = DraftRow & {
  /** JSON text of an object. */
  readonly definition: string;
};

/** Of a slug or a UUID; undefined when there is no such workflow, or it has just been made. */
export async function readDraft(
  reader: Reader,
  tenantId: string,
  name: string,
): Promise<DraftWithDefinition | undefined> {
  const [row] = await reader.rows<DraftWithDefinition>(sql`
    select w.id as "workflowId", w.slug, v.version as "currentVersion",
           coalesce(d.revision, 0) as revision,
           coalesce(d.digest, v.digest) as digest,
           coalesce(d.saved_at, v.created_at) as "savedAt",
           d.saved_by as "savedBy",
           case when d.revision is null then v.version else d.based_on end as "basedOn",
           case when d.revision is null then v.version else d.published_as end as "publishedAs",
           coalesce(d.definition, v.definition) as definition
      from workflows w
      left join workflow_versions v on v.tenant_id = w.tenant_id and v.id = w.current_version_id
      left join lateral (
        select * from workflow_drafts
         where tenant_id = w.tenant_id and workflow_id = w.id
         order by revision desc limit 1) d on true
     where w.tenant_id = ${tenantId} and w.deleted_at is null and ${named(name)}
       and coalesce(d.digest, v.digest) is not null
     order by (w.id::text = ${name.toLowerCase()}) desc
     limit 1`);
  return row;
}

export type NewRevision = Pick<DraftWithDefinition, 'workflowId' | 'revision' | 'digest' | 'basedOn' | 'definition'> & {
  readonly savedBy: string;
  readonly publishedAs: string | null;
};

/** Adds a revision, and forgets the oldest beyond `kept`. Returns when it was saved. */
export async function insertRevision(
  tx: Tx,
  tenantId: string,
  row: NewRevision,
  { kept }: { readonly kept: number },
): Promise<Date> {
  const [made] = await tx.rows<{ savedAt: Date }>(sql`
    insert into workflow_drafts (tenant_id, workflow_id, revision, digest, saved_by, based_on, published_as, definition)
    values (${tenantId}, ${row.workflowId}, ${row.revision}, ${row.digest}, ${row.savedBy}, ${row.basedOn},
            ${row.publishedAs}, ${row.definition})
    returning saved_at as "savedAt"`);
  await tx.execute(sql`
    delete from workflow_drafts
     where tenant_id = ${tenantId} and workflow_id = ${row.workflowId} and revision <= ${row.revision - kept}`);
  if (!made) throw new Error('an insert returned no row');
  return made.savedAt;
}

export async function markPublished(
  tx: Tx,
  tenantId: string,
  {
    workflowId,
    revision,
    version,
  }: { readonly workflowId: string; readonly revision: number; readonly version: string },
): Promise<void> {
  await tx.execute(sql`
    update workflow_drafts set published_as = ${version}
     where tenant_id = ${tenantId} and workflow_id = ${workflowId} and revision = ${revision}`);
}

/** One of the times that a draft was saved. */
export type RevisionRow = Pick<DraftRow, 'revision' | 'digest' | 'savedAt' | 'basedOn' | 'publishedAs'> & {
  readonly savedBy: string;
  /** Of the definition, in bytes. */
  readonly size: number;
};

const columns = sql`
  revision, digest, saved_at as "savedAt", saved_by as "savedBy", based_on as "basedOn", published_as as "publishedAs",
  octet_length(definition) as size`;

/** Newest first. */
export async function listRevisions(
  reader: Reader,
  tenantId: string,
  page: { readonly workflowId: string; readonly before: number | null; readonly limit: number },
): Promise<readonly RevisionRow[]> {
  return reader.rows<RevisionRow>(sql`
    select ${columns} from workflow_drafts
     where tenant_id = ${tenantId} and workflow_id = ${page.workflowId}
       and (${page.before}::integer is null or revision < ${page.before}::integer)
     order by revision desc
     limit ${page.limit}`);
}

export async function readRevision(
  reader: Reader,
  tenantId: string,
  { workflowId, revision }: { readonly workflowId: string; readonly revision: number },
): Promise<(RevisionRow & { readonly definition: string }) | undefined> {
  const [row] = await reader.rows<RevisionRow & { readonly definition: string }>(sql`
    select ${columns}, definition from workflow_drafts
     where tenant_id = ${tenantId} and workflow_id = ${workflowId} and revision = ${revision}`);
  return row;
}
