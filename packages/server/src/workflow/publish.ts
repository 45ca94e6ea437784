/**
 * Publishing: one transaction makes the version, makes it current, and tells the others.
 *
 * Who may race whom, and what decides: two first posts of one workflow meet at the unique index of the live slugs, the
 * loser waits for the winner's commit and goes on with the winner's row; two posts of one version meet at the unique key
 * (workflow, version), and whoever comes second compares digests; two versions of one workflow queue at the row's lock,
 * so that the last to commit is the current one.
 */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { Tx } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import { requireMatch } from '../kernel/http/etag.ts';
import { mustExist } from './called-workflows.ts';
import { workflowEtag } from './etag.ts';
import type { Published } from './publish-once.ts';
import { makeCurrent } from './store/publications.ts';
import * as store from './store.ts';

/** A definition on its way to become a version. */
export type Candidate = {
  readonly tenantId: string;
  readonly slug: string;
  readonly version: string;
  /** The document as it was sent, as JSON text. */
  readonly definition: string;
  readonly digest: Buffer;
  readonly correlationId: string;
  /** Who publishes it. */
  readonly by: string;
  readonly plan: Plan;
};

/** What the caller of an update believes: the workflow exists, and `ifMatch` (undefined: anything) names its current version. */
export type Precondition = { readonly ifMatch: string | undefined };

/** Throws `version_exists`, and `invalid_definition` when it calls what does not exist; with a precondition also `not_found` and `precondition_failed`. */
export async function publish(
  tx: Tx,
  candidate: Candidate,
  { newId, precondition }: { readonly newId: () => string; readonly precondition: Precondition | null },
): Promise<Published> {
  const workflowId = await holdWorkflow(tx, candidate, { newId, mayCreate: precondition === null });
  if (precondition) await mustMatch(tx, candidate, { workflowId, ...precondition });
  const versionId = await makeVersion(tx, candidate, { newId, workflowId });
  if (versionId !== undefined) return { workflowId, versionId, created: true, draftRevision: null };
  // The same body again is no error, so that a client may repeat a post whose answer was lost. Nothing is made current.
  const stored = await store.findVersion(tx, candidate.tenantId, workflowId, candidate.version);
  if (!stored?.digest.equals(candidate.digest)) throw versionExists(candidate);
  return { workflowId, versionId: stored.versionId, created: false, draftRevision: null };
}

/** The new version, which is the current one now; undefined when there is one of its name. The caller holds the workflow. */
export async function makeVersion(
  tx: Tx,
  candidate: Candidate,
  { newId, workflowId }: { readonly newId: () => string; readonly workflowId: string },
): Promise<string | undefined> {
  const { tenantId } = candidate;
  const versionId = newId();
  const made = await store.insertVersion(tx, { ...candidate, id: versionId, workflowId });
  if (!made) return undefined;
  // Only now: a repeat of a publish is answered as it was, whatever became of what it calls.
  await mustExist(tx, tenantId, candidate.plan);
  const before = await store.findWorkflow(tx, tenantId, workflowId);
  const { slug, version, correlationId, by } = candidate;
  await makeCurrent(tx, {
    id: newId(),
    ...{ tenantId, workflowId, versionId, slug, version, correlationId },
    fromVersionId: before?.versionId ?? null,
    kind: 'publish',
    madeBy: by,
    reason: '',
  });
  return versionId;
}

/** The id of the workflow, whose row is locked, or made when this is its first version. */
async function holdWorkflow(
  tx: Tx,
  { tenantId, slug }: Candidate,
  { newId, mayCreate }: { readonly newId: () => string; readonly mayCreate: boolean },
): Promise<string> {
  const known = await store.lockWorkflow(tx, tenantId, slug);
  if (known) return known;
  if (!mayCreate) throw problem('not_found');
  const id = newId();
  if (await store.insertWorkflow(tx, tenantId, id, slug)) return id;
  // Another first post has just committed: a new statement sees its row.
  const theirs = await store.lockWorkflow(tx, tenantId, slug);
  if (theirs) return theirs;
  throw problem('conflict', { detail: `${slug} was deleted while it was being published. Send it again.` });
}

/**
 * In a statement of its own after the lock, so that it sees what the holder before us has published. An update that is
 * already there is no stale one: its answer was lost, and it was sent again.
 */
async function mustMatch(
  tx: Tx,
  { tenantId, digest }: Candidate,
  { workflowId, ifMatch }: Precondition & { readonly workflowId: string },
): Promise<void> {
  const current = await store.findWorkflow(tx, tenantId, workflowId);
  if (!current) throw problem('not_found');
  if (!current.digest?.equals(digest)) requireMatch(ifMatch, workflowEtag(current));
}

export function versionExists({ slug, version }: Pick<Candidate, 'slug' | 'version'>) {
  return problem('version_exists', {
    detail: `Version ${version} of ${slug} was published with another definition.`,
    errors: [
      { pointer: '/version', code: 'version_exists', message: 'This version exists with another content: raise it.' },
    ],
  });
}
