/** What drafts look like from outside. */
import type { Verdict } from './checks.ts';
import { draftEtag } from './etag.ts';
import type { DraftRow, RevisionRow } from './store/drafts.ts';

export function draftView(draft: DraftRow & Verdict) {
  const { valid, errors, warnings } = draft;
  return {
    id: draft.workflowId,
    workflow_id: draft.slug,
    ...facts(draft),
    current_version: draft.currentVersion,
    ...{ valid, errors, warnings },
  };
}

export function revisionView(row: RevisionRow & { readonly workflowId: string }) {
  return { ...facts(row), size: row.size };
}

function facts(draft: Omit<DraftRow, 'slug' | 'currentVersion'>) {
  return {
    revision: draft.revision,
    etag: draftEtag(draft),
    saved_at: draft.savedAt.toISOString(),
    saved_by: draft.savedBy,
    based_on: draft.basedOn,
    published_as: draft.publishedAs,
  };
}
