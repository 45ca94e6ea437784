/** Entity tags of workflows, of their versions and of their drafts. */
import { etagOf } from '../kernel/http/etag.ts';
import type { WorkflowRow } from './store.ts';

/** Of one version. */
export function definitionEtag(digest: Buffer): string {
  return etagOf(digest.toString('base64url'));
}

/** That of its current definition: it changes when another version becomes current. */
export function workflowEtag({ id, digest }: Pick<WorkflowRow, 'id' | 'digest'>): string {
  return digest === null ? etagOf('unpublished', id) : definitionEtag(digest);
}

/** Changes each time that another draft is saved, also when it is one that was there before. */
export function draftEtag(draft: {
  readonly workflowId: string;
  readonly revision: number;
  readonly digest: Buffer;
}): string {
  return etagOf('draft', draft.workflowId, String(draft.revision), draft.digest.toString('base64url'));
}
