/**
 * Workflows: definitions under a name, in versions that never change, and the draft of the next one. The language is
 * core/definition; SQL is in store.ts and store/; what a start needs is in resolve.ts.
 */
import { compile } from '@cloudflow/core/definition/compile.ts';
import type { ActionCatalog, CompileResult, DefinitionIssue } from '@cloudflow/core/definition/plan.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import { digestOf } from '../kernel/crypto/digest.ts';
import type { Database, Tx } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import { requireMatch } from '../kernel/http/etag.ts';
import { createChecks } from './checks.ts';
import { createDrafts } from './drafts.ts';
import { definitionEtag, draftEtag, workflowEtag } from './etag.ts';
import { type Candidate, type Precondition, publish } from './publish.ts';
import { type DraftToPublish, publishDraft } from './publish-draft.ts';
import { type PublishedOnce, publishOnce } from './publish-once.ts';
import { planFrom, type Resolver } from './resolve.ts';
import { notPublished, type RollbackRequest, rollBack } from './roll-back.ts';
import { listPublications } from './store/publications.ts';
import * as store from './store.ts';
import { catalogWith, noOwn, type OwnActions, unchecked } from './tenant-actions.ts';
import type { KnowsCredentials } from './used-credentials.ts';
import type { KnowsOperations } from './used-operations.ts';

export type WorkflowDeps = {
  readonly database: Database;
  readonly actions: ActionCatalog;
  /** Absent: tenants have none of their own. */
  readonly ownActions?: OwnActions;
  readonly resolver: Resolver;
  readonly credentials: KnowsCredentials;
  readonly operations: KnowsOperations;
  /** A new UUIDv7. */
  readonly newId: () => string;
};

export type Workflows = ReturnType<typeof createWorkflows>;

export type PublishedVersion = {
  readonly workflowId: string;
  readonly slug: string;
  readonly version: string;
  readonly etag: string;
  readonly warnings: readonly DefinitionIssue[];
  /** False when this very version was there already. */
  readonly created: boolean;
  /** It is the answer to an earlier request with the same idempotency key. */
  readonly replayed: boolean;
};

export type PublishedDraft = PublishedVersion & {
  /** What the draft is now. */
  readonly draft: { readonly revision: number; readonly etag: string };
};

export type PublishRequest = {
  readonly tenantId: string;
  readonly document: JsonObject;
  readonly correlationId: string;
  /** Who publishes. */
  readonly by: string;
  /** The `Idempotency-Key` of the request. */
  readonly key?: string | undefined;
  /** Set for an update: the workflow that the path names, and what the caller believes of it. */
  readonly update?: { readonly name: string } & Precondition;
};

type KnownVersion = Pick<Candidate, 'slug' | 'version' | 'digest'> & { readonly compiled: CompileResult };

type Page = { readonly before: string | null; readonly limit: number };

export function createWorkflows({
  database,
  actions,
  ownActions = noOwn,
  resolver,
  credentials,
  operations,
  newId,
}: WorkflowDeps) {
  const catalogOf = async (tenantId: string) => catalogWith(actions, await ownActions(tenantId));
  const reader = (tenantId: string): store.Reader => ({
    rows: (query) => database.query({ role: 'app', tenantId }, query),
  });
  const checks = createChecks({ catalogOf, credentials, operations, reader });

  /** The transaction of a change. This process sees it at once, also when the answer to the commit was lost. */
  async function changing<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await database.transaction({ role: 'app', tenantId }, work);
    } finally {
      resolver.forget(tenantId);
    }
  }

  /** Runs `work` on the workflow, locked. */
  function change(
    tenantId: string,
    name: string,
    work: (tx: Tx, row: store.WorkflowRow) => Promise<void>,
  ): Promise<void> {
    return changing(tenantId, async (tx) => {
      const held = await store.lockNamed(tx, tenantId, name);
      // Read under the lock: what was found may have changed while it was waited for.
      const row = held && (await store.findWorkflow(tx, tenantId, held.id));
      if (!row) throw problem('not_found');
      await work(tx, row);
    });
  }

  async function find(tenantId: string, name: string): Promise<store.WorkflowRow> {
    const row = await store.findWorkflow(reader(tenantId), tenantId, name);
    if (!row) throw problem('not_found');
    return row;
  }

  /** As the answer tells of it. */
  async function told(tenantId: string, published: PublishedOnce, known: KnownVersion): Promise<PublishedVersion> {
    const { workflowId, created, replayed } = published;
    const { slug, version, digest, compiled } = known;
    const warnings = await checks.warningsOf(tenantId, compiled);
    return { workflowId, slug, version, etag: definitionEtag(digest), warnings, created, replayed };
  }

  return {
    /** Throws `invalid_definition` and the problems of publish-once.ts. */
    async publish({ tenantId, document, correlationId, by, key, update }: PublishRequest): Promise<PublishedVersion> {
      const slug = update && (await find(tenantId, update.name)).slug;
      const compiled = checks.compiled(await catalogOf(tenantId), document, slug);
      const { plan } = compiled;
      const candidate: Candidate = {
        ...{ tenantId, correlationId, by, plan },
        slug: plan.workflowId,
        version: plan.version,
        definition: JSON.stringify(document),
        digest: digestOf(document),
      };
      const options = { newId, precondition: update ?? null };
      const published = await changing(tenantId, (tx) =>
        publishOnce(tx, { tenantId, key, digest: candidate.digest }, () => publish(tx, candidate, options)),
      );
      return told(tenantId, published, { ...candidate, compiled });
    },

    /** Throws what `publishDraft` throws, and the problems of publish-once.ts. */
    async publishDraft(request: DraftToPublish & { readonly key: string | undefined }): Promise<PublishedDraft> {
      const { tenantId, key, name, version = null } = request;
      const digest = digestOf(['publish the draft', name, version]);
      const catalog = await catalogOf(tenantId);
      const deps = {
        newId,
        compiled: (document: JsonObject, slug: string) => checks.compiled(catalog, document, slug),
      };
      const published = await changing(tenantId, (tx) =>
        publishOnce(tx, { tenantId, key, digest }, () => publishDraft(tx, request, deps)),
      );
      const made = await store.readVersion(reader(tenantId), tenantId, published.versionId ?? '');
      if (!made) throw problem('not_found');
      const compiled = compile(JSON.parse(made.definition) as JsonObject, catalog);
      const { workflowId, draftRevision } = published;
      const revision = draftRevision ?? 0;
      return {
        ...(await told(tenantId, published, { ...made, compiled })),
        draft: { revision, etag: draftEtag({ workflowId, revision, digest: made.digest }) },
      };
    },

    /** Throws what `rollBack` throws. Answers what is current now. */
    async rollBack(request: RollbackRequest): Promise<store.WorkflowRow> {
      const catalog = catalogWith(actions, unchecked(await ownActions(request.tenantId)));
      const mustRun = (document: JsonObject) => void planFrom(document, catalog);
      await changing(request.tenantId, (tx) => rollBack(tx, request, { newId, mustRun }));
      return find(request.tenantId, request.name);
    },

    async listPublications(tenantId: string, name: string, page: Page) {
      const { id } = await find(tenantId, name);
      return listPublications(reader(tenantId), tenantId, { ...page, workflowId: id });
    },

    /** The types of steps that a tenant can use. */
    catalogOf,

    drafts: createDrafts({ database, newId, checks, reader }),

    /** What publishing would say. */
    validate: (tenantId: string, document: JsonObject) => checks.verdict(tenantId, document),

    find,

    /** With its definition as JSON text. */
    async read(tenantId: string, name: string): Promise<store.WorkflowWithDefinition> {
      const row = await store.readWorkflow(reader(tenantId), tenantId, name);
      if (!row) throw problem('not_found');
      return row;
    },

    async readVersion(tenantId: string, name: string, version: string): Promise<store.VersionWithDefinition> {
      const row = await store.readVersionOf(reader(tenantId), tenantId, name, version);
      if (!row) throw problem('not_found');
      return row;
    },

    list: (tenantId: string, filter: store.WorkflowFilter, page: Page) =>
      store.listWorkflows(reader(tenantId), tenantId, { ...filter, ...page }),

    count: (tenantId: string, filter: store.WorkflowFilter) => store.countWorkflows(reader(tenantId), tenantId, filter),

    async listVersions(tenantId: string, name: string, page: Page) {
      const { id } = await find(tenantId, name);
      return store.listVersions(reader(tenantId), tenantId, { ...page, workflowId: id });
    },

    /** A disabled workflow starts nothing; what runs goes on. */
    setEnabled: (tenantId: string, name: string, enabled: boolean) =>
      change(tenantId, name, async (tx, row) => {
        if (row.versionId === null) throw notPublished(row.slug);
        await store.setEnabled(tx, tenantId, row.id, enabled);
      }),

    /** It cannot be found or started any more; what runs goes on to its end, on the version that it has pinned. */
    remove: (tenantId: string, name: string, ifMatch: string | undefined) =>
      change(tenantId, name, async (tx, row) => {
        requireMatch(ifMatch, workflowEtag(row));
        await store.markDeleted(tx, tenantId, row.id);
      }),
  };
}
