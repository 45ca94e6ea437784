/** Drafts: what is worked on before it is published. Anything may stand in one; the answer says what is wrong with it. */
import { mostBytes } from '@cloudflow/core/definition/compile.ts';
import { jsonSize } from '@cloudflow/core/definition/json-depth.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import { digestOf } from '../kernel/crypto/digest.ts';
import type { Database } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import type { Checks, Verdict } from './checks.ts';
import { type DraftToSave, type SavedDraft, saveDraft } from './save-draft.ts';
import * as store from './store/drafts.ts';
import type { Reader } from './store.ts';

export type DraftDeps = {
  readonly database: Database;
  readonly newId: () => string;
  readonly checks: Checks;
  readonly reader: (tenantId: string) => Reader;
};

export type SaveDraftRequest = Omit<DraftToSave, 'definition' | 'digest'> & { readonly document: JsonObject };

export type Drafts = ReturnType<typeof createDrafts>;

export function createDrafts({ database, newId, checks, reader }: DraftDeps) {
  async function find(tenantId: string, name: string): Promise<store.DraftWithDefinition> {
    const draft = await store.readDraft(reader(tenantId), tenantId, name);
    if (!draft) throw problem('not_found');
    return draft;
  }

  return {
    /** Throws `not_found`, `precondition_failed` and `body_too_large`; nothing that the document means is refused. */
    async save({ document, ...request }: SaveDraftRequest): Promise<SavedDraft & Verdict> {
      if (jsonSize(document, mostBytes) > mostBytes)
        throw problem('body_too_large', { detail: 'A draft may have 1 MB, as a definition may.' });
      const draft = { ...request, definition: JSON.stringify(document), digest: digestOf(document) };
      const { tenantId } = request;
      const saved = await database.transaction({ role: 'app', tenantId }, (tx) => saveDraft(tx, draft, newId));
      return { ...saved, ...(await checks.verdict(tenantId, document, saved.slug)) };
    },

    find,

    async read(tenantId: string, name: string): Promise<store.DraftWithDefinition & Verdict> {
      const draft = await find(tenantId, name);
      const document = JSON.parse(draft.definition) as JsonObject;
      return { ...draft, ...(await checks.verdict(tenantId, document, draft.slug)) };
    },

    /** What was saved before, newest first. */
    async history(
      tenantId: string,
      name: string,
      page: { readonly before: number | null; readonly limit: number },
    ): Promise<readonly (store.RevisionRow & { readonly workflowId: string })[]> {
      const { workflowId } = await find(tenantId, name);
      const rows = await store.listRevisions(reader(tenantId), tenantId, { ...page, workflowId });
      return rows.map((row) => ({ ...row, workflowId }));
    },

    async revision(tenantId: string, name: string, revision: number) {
      const { workflowId } = await find(tenantId, name);
      const row = await store.readRevision(reader(tenantId), tenantId, { workflowId, revision });
      if (!row)
        throw problem('not_found', { detail: `There is no revision ${revision} of this draft, or none any more.` });
      return { ...row, workflowId };
    },
  };
}
