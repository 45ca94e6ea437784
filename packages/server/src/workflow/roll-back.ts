/**
 * Rolling back: a version that was published before becomes the current one again, in one transaction that also writes down
 * from where, by whom and why. No version is made and none changes; what runs goes on with the version that it has pinned.
 */
import type { JsonObject } from '@cloudflow/core/json.ts';
import { closest } from '@cloudflow/core/text/suggest.ts';
import type { Tx } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import { requireMatch } from '../kernel/http/etag.ts';
import { workflowEtag } from './etag.ts';
import { makeCurrent } from './store/publications.ts';
import * as store from './store.ts';

export type RollbackRequest = {
  readonly tenantId: string;
  /** Slug or UUID. */
  readonly name: string;
  readonly version: string;
  readonly reason: string;
  /** The current version is still the one with this tag; undefined: whatever it is. */
  readonly ifMatch: string | undefined;
  readonly by: string;
  readonly correlationId: string;
};

export type RollbackDeps = {
  readonly newId: () => string;
  /** Throws `definition_outdated`. */
  readonly mustRun: (document: JsonObject) => void;
};

const mostNames = 1_000;

/** Throws `not_found`, `workflow_not_published`, `precondition_failed`, `definition_outdated`. */
export async function rollBack(tx: Tx, request: RollbackRequest, { newId, mustRun }: RollbackDeps): Promise<void> {
  const { tenantId, version } = request;
  const held = await store.lockNamed(tx, tenantId, request.name);
  // In statements of their own after the lock, so that they see what the holder before us has made current.
  const current = held && (await store.findWorkflow(tx, tenantId, held.id));
  if (!current) throw problem('not_found');
  const { id: workflowId, slug } = current;
  if (current.versionId === null) throw notPublished(slug);
  const target = await store.readVersionOf(tx, tenantId, workflowId, version);
  if (!target) throw await noSuchVersion(tx, tenantId, { slug, version });
  // It is there: the answer was lost, and it was sent again.
  if (target.versionId === current.versionId) return;
  requireMatch(request.ifMatch, workflowEtag(current));
  mustRun(JSON.parse(target.definition) as JsonObject);
  await makeCurrent(tx, {
    id: newId(),
    ...{ tenantId, workflowId, versionId: target.versionId, fromVersionId: current.versionId },
    ...{ slug, version, correlationId: request.correlationId },
    kind: 'rollback',
    madeBy: request.by,
    reason: request.reason,
  });
}

export function notPublished(slug: string) {
  return problem('workflow_not_published', { detail: `Nothing of ${slug} has been published: it is a draft.` });
}

async function noSuchVersion(tx: Tx, tenantId: string, { slug, version }: { slug: string; version: string }) {
  const names = await store.versionNames(tx, tenantId, { slug, limit: mostNames });
  const suggestion = closest(version, names);
  const message = `There is no version ${version} of ${slug}.`;
  return problem('not_found', {
    detail: message,
    errors: [
      { pointer: '/version', code: 'unknown_version', message, ...(suggestion === undefined ? {} : { suggestion }) },
    ],
  });
}
