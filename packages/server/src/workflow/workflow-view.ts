/** What workflows and their versions look like from outside. */
import { definitionEtag, workflowEtag } from './etag.ts';
import type { PublishedVersion } from './service.ts';
import type { PublicationRow } from './store/publications.ts';
import type { VersionRow, WorkflowRow, WorkflowWithDefinition } from './store.ts';

export function publishedView(made: PublishedVersion) {
  const { workflowId, slug, version, etag, warnings } = made;
  return { id: workflowId, workflow_id: slug, version, status: 'published', etag, warnings };
}

export function summaryView(row: WorkflowRow) {
  return {
    id: row.id,
    workflow_id: row.slug,
    version: row.version,
    status: row.versionId === null ? 'draft' : row.enabled ? 'published' : 'disabled',
    etag: workflowEtag(row),
    unpublished_changes: row.hasChanges,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    published_at: row.publishedAt?.toISOString() ?? null,
  };
}

export function versionView(row: VersionRow) {
  return { version: row.version, etag: definitionEtag(row.digest), published_at: row.publishedAt.toISOString() };
}

export function publicationView(row: PublicationRow) {
  return {
    version: row.version,
    kind: row.kind,
    from_version: row.fromVersion,
    made_at: row.madeAt.toISOString(),
    made_by: row.madeBy,
    reason: row.reason,
  };
}

/** The JSON text with the definition as it came in: the order of its fields is its author's. */
export function detailText(row: WorkflowWithDefinition, more: object): string {
  return withDefinition({ ...summaryView(row), ...more }, row.definition);
}

/** `definition` as JSON text; null when there is none. */
export function withDefinition(head: object, definition: string | null): string {
  return `${JSON.stringify(head).slice(0, -1)},"definition":${definition}}`;
}
