/**
 * Saving a draft: one transaction adds a revision, and forgets the oldest. It creates the workflow where there is none of
 * the name.
 *
 * Whoever saves holds the row of the workflow. Of two editors that read the same draft the second to get the lock finds
 * another revision than it has read, and is refused; two that make one name at once meet at its unique index.
 */
import type { Tx } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import { requireMatch } from '../kernel/http/etag.ts';
import { draftEtag } from './etag.ts';
import { type DraftRow, insertRevision, readDraft } from './store/drafts.ts';
import * as store from './store.ts';

export type DraftToSave = {
  readonly tenantId: string;
  /** Slug or UUID, as the path has it. */
  readonly name: string;
  readonly definition: string;
  readonly digest: Buffer;
  readonly by: string;
  /** The draft is still the one with this tag; undefined: whatever it is. */
  readonly ifMatch: string | undefined;
  /** There is no such workflow yet. */
  readonly isNew: boolean;
};

export type SavedDraft = DraftRow & {
  /** The workflow was made by this. */
  readonly created: boolean;
};

/** Revisions of a draft that are kept. */
export const keptRevisions = 200;

const slugForm = /^[a-z0-9][a-z0-9_-]{0,127}$/;

/** Throws `not_found` and `precondition_failed`. */
export async function saveDraft(tx: Tx, draft: DraftToSave, newId: () => string): Promise<SavedDraft> {
  const { tenantId, digest } = draft;
  const { id: workflowId, slug, created } = await holdOrMake(tx, draft, newId);
  // In a statement of its own after the lock, so that it sees what the holder before us has saved.
  const present = await readDraft(tx, tenantId, workflowId);
  // What is already there is no stale change: its answer was lost, and it was sent again.
  if (present?.digest.equals(digest)) return { ...present, created };
  if (present) {
    if (draft.isNew) throw problem('precondition_failed', { detail: `There is a workflow ${slug}.` });
    requireMatch(draft.ifMatch, draftEtag(present));
  }
  const row = {
    workflowId,
    digest,
    revision: (present?.revision ?? 0) + 1,
    savedBy: draft.by,
    basedOn: present?.publishedAs ?? present?.basedOn ?? null,
    publishedAs: null,
  };
  const savedAt = await insertRevision(tx, tenantId, { ...row, definition: draft.definition }, { kept: keptRevisions });
  return { ...row, slug, currentVersion: present?.currentVersion ?? null, savedAt, created };
}

type Held = store.LockedWorkflow & { readonly created: boolean };

async function holdOrMake(tx: Tx, { tenantId, name, ifMatch }: DraftToSave, newId: () => string): Promise<Held> {
  const known = await store.lockNamed(tx, tenantId, name);
  if (known) return { ...known, created: false };
  if (ifMatch !== undefined) throw problem('precondition_failed', { detail: `There is no workflow ${name} any more.` });
  // What looks like an id means a workflow that is gone, and is no name for another.
  if (store.looksLikeId(name) || !slugForm.test(name)) throw problem('not_found');
  const id = newId();
  if (await store.insertWorkflow(tx, tenantId, id, name)) return { id, slug: name, created: true };
  // Another has just made it: a new statement sees its row.
  const theirs = await store.lockNamed(tx, tenantId, name);
  if (theirs) return { ...theirs, created: false };
  throw problem('conflict', { detail: `${name} was deleted while its draft was being saved. Send it again.` });
}
