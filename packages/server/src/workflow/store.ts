/**
 * Every SQL statement of the workflow service.
 *
 * `workflow_versions` is written once and never changed. `workflows` names the current one; who publishes holds the lock
 * of that row, so that two publishes of one workflow happen one after the other.
 */
import type { Tx } from '../kernel/db/database.ts';
import { type Sql, sql } from '../kernel/sql/sql.ts';

/** What a reading statement needs: an open transaction, or one statement on its own. */
export type Reader = Pick<Tx, 'rows'>;

type Identity = {
  readonly id: string;
  readonly slug: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** There is a draft that was saved after it was published last. */
  readonly hasChanges: boolean;
};

/** A workflow and one of its versions, without the definition. */
export type PublishedRow = Identity & {
  readonly versionId: string;
  readonly version: string;
  /** SHA-256 of the canonical text of the definition. */
  readonly digest: Buffer;
  readonly publishedAt: Date;
};

/** One that has nothing but a draft so far. */
export type UnpublishedRow = Identity & { readonly [K in Exclude<keyof PublishedRow, keyof Identity>]: null };

export type WorkflowRow = PublishedRow | UnpublishedRow;

export type WorkflowWithDefinition = VersionWithDefinition | (UnpublishedRow & { readonly definition: null });

const columns = sql`
  w.id, w.slug, w.enabled, w.created_at as "createdAt", w.updated_at as "updatedAt",
  coalesce((select d.published_as is null from workflow_drafts d
             where d.tenant_id = w.tenant_id and d.workflow_id = w.id
             order by d.revision desc limit 1), false) as "hasChanges",
  v.id as "versionId", v.version, v.digest, v.created_at as "publishedAt"`;

/** With the current version, if it has one; `name` is a slug or a UUID. */
export async function findWorkflow(reader: Reader, tenantId: string, name: string): Promise<WorkflowRow | undefined> {
  const [row] = await reader.rows<WorkflowRow>(sql`select ${columns} ${from(tenantId, name, undefined)}`);
  return row;
}

/** With this version; undefined when it has no such version. */
export async function findVersion(
  reader: Reader,
  tenantId: string,
  name: string,
  version: string,
): Promise<PublishedRow | undefined> {
  const [row] = await reader.rows<PublishedRow>(sql`select ${columns} ${from(tenantId, name, version)}`);
  return row;
}

/** The ids of all workflows that bear or bore this slug, the deleted ones included, or of the one with this UUID. */
export async function findIds(reader: Reader, tenantId: string, name: string): Promise<readonly string[]> {
  const rows = await reader.rows<{ id: string; exact: boolean }>(sql`
    select w.id, w.id::text = ${name.toLowerCase()} as exact from workflows w
     where w.tenant_id = ${tenantId} and ${named(name)}`);
  const exact = rows.filter((row) => row.exact);
  return (exact.length > 0 ? exact : rows).map(({ id }) => id);
}

export async function readWorkflow(
  reader: Reader,
  tenantId: string,
  name: string,
): Promise<WorkflowWithDefinition | undefined> {
  const [row] = await reader.rows<WorkflowWithDefinition>(
    sql`select ${columns}, v.definition ${from(tenantId, name, undefined)}`,
  );
  return row;
}

export type VersionWithDefinition = PublishedRow & { readonly definition: string };

export async function readVersionOf(
  reader: Reader,
  tenantId: string,
  name: string,
  version: string,
): Promise<VersionWithDefinition | undefined> {
  const [row] = await reader.rows<VersionWithDefinition>(
    sql`select ${columns}, v.definition ${from(tenantId, name, version)}`,
  );
  return row;
}

/** By the id of the version, whatever became of the workflow. */
export async function readVersion(
  reader: Reader,
  tenantId: string,
  versionId: string,
): Promise<{ slug: string; version: string; digest: Buffer; definition: string } | undefined> {
  const [row] = await reader.rows<{ slug: string; version: string; digest: Buffer; definition: string }>(sql`
    select w.slug, v.version, v.digest, v.definition from workflow_versions v
      join workflows w on w.tenant_id = v.tenant_id and w.id = v.workflow_id
     where v.tenant_id = ${tenantId} and v.id = ${versionId}`);
  return row;
}

/** By the id of the version alone, whatever became of the workflow. */
export async function readDefinition(
  reader: Reader,
  versionId: string,
): Promise<{ readonly definition: string; readonly tenantId: string } | undefined> {
  const [row] = await reader.rows<{ definition: string; tenantId: string }>(
    sql`select definition, tenant_id as "tenantId" from workflow_versions where id = ${versionId}`,
  );
  return row;
}

export type CalledRow = { readonly exists: boolean; readonly hasVersion: boolean };

/** Of workflows that a definition calls, by `slug version`. */
export async function findCalled(
  reader: Reader,
  tenantId: string,
  calls: readonly { readonly workflowId: string; readonly version: string | null }[],
): Promise<ReadonlyMap<string, CalledRow>> {
  const rows = await reader.rows<CalledRow & { slug: string; version: string | null }>(sql`
    select c.slug, c.version, w.current_version_id is not null as "exists", v.id is not null as "hasVersion"
      from unnest(${calls.map((call) => call.workflowId)}::text[], ${calls.map((call) => call.version)}::text[]) c (slug, version)
      left join workflows w on w.tenant_id = ${tenantId} and w.slug = c.slug and w.deleted_at is null
      left join workflow_versions v on v.tenant_id = ${tenantId} and v.workflow_id = w.id and v.version = c.version`);
  return new Map(rows.map(({ slug, version, ...row }) => [`${slug} ${version ?? ''}`, row]));
}

/** Names of workflows that have a version, the newest first. */
export async function slugs(reader: Reader, tenantId: string, limit: number): Promise<readonly string[]> {
  const rows = await reader.rows<{ slug: string }>(sql`
    select slug from workflows
     where tenant_id = ${tenantId} and deleted_at is null and current_version_id is not null
     order by id desc limit ${limit}`);
  return rows.map(({ slug }) => slug);
}

/** Versions of a workflow by name, the newest first. */
export async function versionNames(
  reader: Reader,
  tenantId: string,
  { slug, limit }: { readonly slug: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await reader.rows<{ version: string }>(sql`
    select v.version from workflows w
      join workflow_versions v on v.tenant_id = w.tenant_id and v.workflow_id = w.id
     where w.tenant_id = ${tenantId} and w.slug = ${slug} and w.deleted_at is null
     order by v.id desc limit ${limit}`);
  return rows.map(({ version }) => version);
}

export type WorkflowFilter = {
  /** How the slug begins. */
  readonly prefix: string;
  /** `published`, `disabled` or `draft`; null: any. */
  readonly status: string | null;
};

const matching = (tenantId: string, { prefix, status }: WorkflowFilter) => sql`
  w.tenant_id = ${tenantId} and w.deleted_at is null
  and starts_with(w.slug, ${prefix})
  and (${status}::text is null
       or ${status}::text = case when w.current_version_id is null then 'draft'
                                 when w.enabled then 'published' else 'disabled' end)`;

/** Newest first. Ids are UUIDv7, so that rows that come later never move the pages behind `before`. */
export async function listWorkflows(
  reader: Reader,
  tenantId: string,
  { before, limit, ...filter }: WorkflowFilter & { readonly before: string | null; readonly limit: number },
): Promise<readonly WorkflowRow[]> {
  return reader.rows<WorkflowRow>(sql`
    select ${columns}
      from workflows w
      left join workflow_versions v on v.tenant_id = w.tenant_id and v.id = w.current_version_id
     where ${matching(tenantId, filter)}
       and (${before}::uuid is null or w.id < ${before}::uuid)
     order by w.id desc
     limit ${limit}`);
}

const mostCounted = 10_000;

export async function countWorkflows(
  reader: Reader,
  tenantId: string,
  filter: WorkflowFilter,
): Promise<{ readonly count: number; readonly capped: boolean }> {
  const [row] = await reader.rows<{ found: number }>(sql`
    select count(*)::int as found
      from (select from workflows w where ${matching(tenantId, filter)} limit ${mostCounted + 1}) found`);
  const found = row?.found ?? 0;
  return { count: Math.min(found, mostCounted), capped: found > mostCounted };
}

export type VersionRow = Pick<PublishedRow, 'versionId' | 'version' | 'digest' | 'publishedAt'>;

/** Newest first. */
export async function listVersions(
  reader: Reader,
  tenantId: string,
  {
    workflowId,
    before,
    limit,
  }: { readonly workflowId: string; readonly before: string | null; readonly limit: number },
): Promise<readonly VersionRow[]> {
  return reader.rows<VersionRow>(sql`
    select id as "versionId", version, digest, created_at as "publishedAt"
      from workflow_versions
     where tenant_id = ${tenantId} and workflow_id = ${workflowId}
       and (${before}::uuid is null or id < ${before}::uuid)
     order by id desc
     limit ${limit}`);
}

/**
 * The id of the workflow, locked: waits for whoever is publishing, disabling or deleting it. Only what the *next* statement
 * reads is what they left behind: after a wait, PostgreSQL looks at the locked row anew, but at all others as of before.
 */
export async function lockWorkflow(tx: Tx, tenantId: string, slug: string): Promise<string | undefined> {
  const row = await tx.row<{ id: string }>(sql`
    select id from workflows where tenant_id = ${tenantId} and slug = ${slug} and deleted_at is null for update`);
  return row?.id;
}

export type LockedWorkflow = { readonly id: string; readonly slug: string };

/** The same, of a slug or a UUID. */
export async function lockNamed(tx: Tx, tenantId: string, name: string): Promise<LockedWorkflow | undefined> {
  return tx.row<LockedWorkflow>(sql`
    select w.id, w.slug from workflows w
     where w.tenant_id = ${tenantId} and w.deleted_at is null and ${named(name)}
     order by (w.id::text = ${name.toLowerCase()}) desc
     limit 1 for update`);
}

/** False when another transaction made a workflow of this slug first: its unique index decides, after its commit. */
export async function insertWorkflow(tx: Tx, tenantId: string, id: string, slug: string): Promise<boolean> {
  const made = await tx.execute(sql`
    insert into workflows (id, tenant_id, slug) values (${id}, ${tenantId}, ${slug})
        on conflict (tenant_id, slug) where deleted_at is null do nothing`);
  return made === 1;
}

export type NewVersion = {
  readonly id: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly version: string;
  readonly definition: string;
  readonly digest: Buffer;
};

/** False when the workflow has this version already. */
export async function insertVersion(tx: Tx, row: NewVersion): Promise<boolean> {
  const made = await tx.execute(sql`
    insert into workflow_versions (id, tenant_id, workflow_id, version, definition, digest)
    values (${row.id}, ${row.tenantId}, ${row.workflowId}, ${row.version}, ${row.definition}, ${row.digest})
        on conflict (tenant_id, workflow_id, version) do nothing`);
  return made === 1;
}

export async function setEnabled(tx: Tx, tenantId: string, id: string, enabled: boolean): Promise<void> {
  await tx.execute(sql`
    update workflows set enabled = ${enabled}, updated_at = now()
     where tenant_id = ${tenantId} and id = ${id} and enabled <> ${enabled}`);
}

/** The row stays for the executions that run on its versions, its drafts do not; its slug becomes free. */
export async function markDeleted(tx: Tx, tenantId: string, id: string): Promise<void> {
  await tx.execute(sql`delete from workflow_drafts where tenant_id = ${tenantId} and workflow_id = ${id}`);
  await tx.execute(sql`
    update workflows set deleted_at = now(), updated_at = now() where tenant_id = ${tenantId} and id = ${id}`);
}

/** What an earlier publish with this idempotency key came to. */
export type KeyRow = {
  readonly workflowId: string;
  /** Null: stored before this was kept. */
  readonly versionId: string | null;
  readonly created: boolean;
  /** Null: no draft was published. */
  readonly draftRevision: number | null;
  /** SHA-256 of what was asked. */
  readonly digest: Buffer;
};

export async function findKey(reader: Reader, tenantId: string, key: string): Promise<KeyRow | undefined> {
  const [row] = await reader.rows<KeyRow>(sql`
    select workflow_id as "workflowId", version_id as "versionId", created, draft_revision as "draftRevision", digest
      from workflow_keys
     where tenant_id = ${tenantId} and key = ${key}`);
  return row;
}

/** False when another transaction used this key first: its unique index decides, after its commit. */
export async function insertKey(
  tx: Tx,
  { tenantId, key, ...row }: KeyRow & { readonly tenantId: string; readonly key: string },
): Promise<boolean> {
  const made = await tx.execute(sql`
    insert into workflow_keys (tenant_id, key, workflow_id, version_id, created, draft_revision, digest)
    values (${tenantId}, ${key}, ${row.workflowId}, ${row.versionId}, ${row.created}, ${row.draftRevision}, ${row.digest})
        on conflict (tenant_id, key) do nothing`);
  return made === 1;
}

/** Of all tenants. One process at a time: the others find the lock taken and leave it to that one. */
export async function forgetKeys(
  tx: Tx,
  { olderThanMs, limit }: { readonly olderThanMs: number; readonly limit: number },
): Promise<number> {
  const lock = await tx.row<{ mine: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtext('cloudflow forget publish keys')) as mine`,
  );
  if (!lock?.mine) return 0;
  return tx.execute(sql`
    delete from workflow_keys k using (
      select tenant_id, key from workflow_keys
       where created_at < now() - ${olderThanMs}::float8 * interval '1 millisecond' order by created_at limit ${limit}
    ) old where k.tenant_id = old.tenant_id and k.key = old.key`);
}

function from(tenantId: string, name: string, version: string | undefined): Sql {
  const chosen =
    version === undefined
      ? sql`left join workflow_versions v on v.tenant_id = w.tenant_id and v.id = w.current_version_id`
      : sql`join workflow_versions v on v.tenant_id = w.tenant_id and v.workflow_id = w.id and v.version = ${version}`;
  return sql`
      from workflows w
      ${chosen}
     where w.tenant_id = ${tenantId} and w.deleted_at is null and ${named(name)}
     order by (w.id::text = ${name.toLowerCase()}) desc
     limit 1`;
}

/** A slug may look like a UUID; then the workflow with that UUID comes first. */
export function named(name: string): Sql {
  return uuid.test(name) ? sql`(w.id = ${name}::uuid or w.slug = ${name})` : sql`w.slug = ${name}`;
}

/** Whether this could be the UUID of a workflow. */
export const looksLikeId = (name: string): boolean => uuid.test(name);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
