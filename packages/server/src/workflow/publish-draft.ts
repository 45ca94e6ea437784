/**
 * Publishing the draft: one transaction reads it, judges it, makes the version, and says in the draft what it became. Nobody
 * saves in between: the row of the workflow is held from the beginning.
 */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import { digestOf } from '../kernel/crypto/digest.ts';
import type { Tx } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import { requireMatch } from '../kernel/http/etag.ts';
import { draftEtag } from './etag.ts';
import { makeVersion, versionExists } from './publish.ts';
import type { Published } from './publish-once.ts';
import { keptRevisions } from './save-draft.ts';
import { type DraftWithDefinition, insertRevision, markPublished, readDraft } from './store/drafts.ts';
import * as store from './store.ts';

export type DraftToPublish = {
  readonly tenantId: string;
  /** Slug or UUID. */
  readonly name: string;
  /** In place of the version that the draft names. */
  readonly version: string | undefined;
  readonly ifMatch: string | undefined;
  readonly by: string;
  readonly correlationId: string;
};

export type PublishDraftDeps = {
  readonly newId: () => string;
  /** Throws `invalid_definition`. */
  readonly compiled: (document: JsonObject, slug: string) => { readonly plan: Plan };
};

/** Throws `not_found`, `precondition_failed`, `invalid_definition`, `version_exists`. */
export async function publishDraft(
  tx: Tx,
  request: DraftToPublish,
  { newId, compiled }: PublishDraftDeps,
): Promise<Published> {
  const { tenantId } = request;
  const held = await store.lockNamed(tx, tenantId, request.name);
  const draft = held && (await readDraft(tx, tenantId, held.id));
  if (!draft) throw problem('not_found');
  const { workflowId, slug } = draft;
  const document = documentOf(draft, request.version);
  const digest = digestOf(document);
  const known = await publishedBefore(tx, tenantId, { draft, document, digest });
  if (known) return { workflowId, versionId: known.versionId, created: false, draftRevision: draft.revision };

  requireMatch(request.ifMatch, draftEtag(draft));
  const { plan } = compiled(document, slug);
  const definition = JSON.stringify(document);
  const candidate = { ...request, slug, version: plan.version, definition, digest, plan };
  const versionId = await makeVersion(tx, candidate, { newId, workflowId });
  if (versionId === undefined) throw versionExists(candidate);
  const draftRevision = await noteInDraft(tx, draft, candidate);
  return { workflowId, versionId, created: true, draftRevision };
}

function documentOf({ definition }: DraftWithDefinition, version: string | undefined): JsonObject {
  const document = JSON.parse(definition) as JsonObject;
  return version === undefined ? document : { ...document, version };
}

/**
 * The current version, when the draft is that already: the answer was lost, and it was sent again. An earlier version is not
 * made current by publishing it again; that is a rollback, and asked for as one.
 */
async function publishedBefore(
  tx: Tx,
  tenantId: string,
  of: { readonly draft: DraftWithDefinition; readonly document: JsonObject; readonly digest: Buffer },
): Promise<store.PublishedRow | undefined> {
  const { workflowId, slug, currentVersion } = of.draft;
  const { version } = of.document;
  if (typeof version !== 'string') return undefined;
  const known = await store.findVersion(tx, tenantId, workflowId, version);
  if (!known?.digest.equals(of.digest)) return undefined;
  if (version === currentVersion) return known;
  const message = `It was published before, and is not the current one: raise it, or go back to it by a rollback.`;
  throw problem('version_exists', {
    detail: `Version ${version} of ${slug}: ${message}`,
    errors: [{ pointer: '/version', code: 'version_exists', message }],
  });
}

/** The draft is what was published: under another version it is a revision of its own. */
async function noteInDraft(
  tx: Tx,
  draft: DraftWithDefinition,
  made: { readonly tenantId: string; readonly version: string; readonly definition: string } & {
    readonly digest: Buffer;
    readonly by: string;
  },
): Promise<number> {
  const { workflowId, revision } = draft;
  const { tenantId, version, digest, definition } = made;
  if (draft.digest.equals(digest)) {
    await markPublished(tx, tenantId, { workflowId, revision, version });
    return revision;
  }
  const basedOn = draft.publishedAs ?? draft.basedOn;
  const row = { workflowId, revision: revision + 1, digest, definition, savedBy: made.by, basedOn };
  await insertRevision(tx, tenantId, { ...row, publishedAs: version }, { kept: keptRevisions });
  return revision + 1;
}
