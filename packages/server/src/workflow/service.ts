/**
 * Workflows: definitions under a name, in versions that never change. The language is core/definition; SQL is in store.ts;
 * what a start needs is in resolve.ts.
 */
import { compile } from '@cloudflow/core/definition/compile.ts';
import type { ActionCatalog, DefinitionIssue, Plan } from '@cloudflow/core/definition/plan.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import { digestOf } from '../kernel/crypto/digest.ts';
import type { Database, Tx } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import { requireMatch } from '../kernel/http/etag.ts';
import { checkCalls } from './called-workflows.ts';
import { definitionEtag } from './etag.ts';
import type { Precondition } from './publish.ts';
import { publishOnce } from './publish-once.ts';
import type { Resolver } from './resolve.ts';
import * as store from './store.ts';
import { type KnowsCredentials, unknownCredentials } from './used-credentials.ts';

export type WorkflowDeps = {
  readonly database: Database;
  readonly actions: ActionCatalog;
  readonly resolver: Resolver;
  readonly credentials: KnowsCredentials;
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

export type PublishRequest = {
  readonly tenantId: string;
  readonly document: JsonObject;
  readonly correlationId: string;
  /** The `Idempotency-Key` of the request. */
  readonly key?: string | undefined;
  /** Set for an update: the workflow that the path names, and what the caller believes of it. */
  readonly update?: { readonly name: string } & Precondition;
};

export function createWorkflows({ database, actions, resolver, credentials, newId }: WorkflowDeps) {
  const reader = (tenantId: string): store.Reader => ({
    rows: (query) => database.query({ role: 'app', tenantId }, query),
  });

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
      const found = await store.findWorkflow(tx, tenantId, name);
      if (!found || !(await store.lockWorkflow(tx, tenantId, found.slug))) throw problem('not_found');
      // Read again under the lock: what was found may have changed while it was waited for.
      const row = await store.findWorkflow(tx, tenantId, found.id);
      if (!row) throw problem('not_found');
      await work(tx, row);
    });
  }

  async function find(tenantId: string, name: string, version?: string): Promise<store.WorkflowRow> {
    const row = await store.findWorkflow(reader(tenantId), tenantId, name, version);
    if (!row) throw problem('not_found');
    return row;
  }

  return {
    /** Throws `invalid_definition` and the problems of publish-once.ts. */
    async publish({ tenantId, document, correlationId, key, update }: PublishRequest): Promise<PublishedVersion> {
      const { plan, warnings } = compiled(document, actions);
      if (update) mustName(await find(tenantId, update.name), plan.workflowId);
      const draft = {
        tenantId,
        slug: plan.workflowId,
        version: plan.version,
        definition: JSON.stringify(document),
        digest: digestOf(document),
        correlationId,
        plan,
      };
      const options = { newId, precondition: update ?? null, key };
      const published = await changing(tenantId, (tx) => publishOnce(tx, draft, options));
      return {
        ...published,
        slug: draft.slug,
        version: draft.version,
        etag: definitionEtag(draft.digest),
        warnings: [...warnings, ...(await unknownCredentials(credentials, tenantId, plan))],
      };
    },

    /** What publishing would say. */
    async validate(tenantId: string, document: JsonObject) {
      const result = compile(document, actions);
      const errors = 'plan' in result ? await checkCalls(reader(tenantId), tenantId, result.plan) : result.errors;
      const more = 'plan' in result ? await unknownCredentials(credentials, tenantId, result.plan) : [];
      return { valid: errors.length === 0, errors, warnings: [...result.warnings, ...more] };
    },

    find,

    /** With its definition as JSON text. */
    async read(tenantId: string, name: string, version?: string): Promise<store.WorkflowWithDefinition> {
      const row = await store.readWorkflow(reader(tenantId), tenantId, name, version);
      if (!row) throw problem('not_found');
      return row;
    },

    list: (tenantId: string, page: Parameters<typeof store.listWorkflows>[2]) =>
      store.listWorkflows(reader(tenantId), tenantId, page),

    async listVersions(
      tenantId: string,
      name: string,
      page: { readonly before: string | null; readonly limit: number },
    ) {
      const { id } = await find(tenantId, name);
      return store.listVersions(reader(tenantId), tenantId, { ...page, workflowId: id });
    },

    /** A disabled workflow starts nothing; what runs goes on. */
    setEnabled: (tenantId: string, name: string, enabled: boolean) =>
      change(tenantId, name, (tx, row) => store.setEnabled(tx, tenantId, row.id, enabled)),

    /** It cannot be found or started any more; what runs goes on to its end, on the version that it has pinned. */
    remove: (tenantId: string, name: string, ifMatch: string | undefined) =>
      change(tenantId, name, async (tx, row) => {
        requireMatch(ifMatch, definitionEtag(row.digest));
        await store.markDeleted(tx, tenantId, row.id);
      }),
  };
}

function compiled(document: JsonObject, actions: ActionCatalog): { plan: Plan; warnings: readonly DefinitionIssue[] } {
  const result = compile(document, actions);
  if ('plan' in result) return result;
  const count = result.errors.length;
  throw problem('invalid_definition', {
    detail: `The definition has ${count} ${count === 1 ? 'error' : 'errors'}; the first: ${result.errors[0]?.message}`,
    errors: result.errors,
  });
}

function mustName(row: store.WorkflowRow, slug: string): void {
  if (row.slug === slug) return;
  throw problem('invalid_definition', {
    detail: 'The name of a workflow does not change.',
    errors: [
      {
        pointer: '/workflow_id',
        code: 'workflow_id_mismatch',
        message: `The path names ${row.slug}, the definition ${slug}.`,
        suggestion: row.slug,
      },
    ],
  });
}
