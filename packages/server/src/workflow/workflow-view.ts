/** What workflows and their versions look like from outside. */
import { definitionEtag } from './etag.ts';
import type { PublishedVersion } from './service.ts';
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
    status: row.enabled ? 'published' : 'disabled',
    etag: definitionEtag(row.digest),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    published_at: row.publishedAt.toISOString(),
  };
}

export function versionView(row: VersionRow) {
  return { version: row.version, etag: definitionEtag(row.digest), published_at: row.publishedAt.toISOString() };
}

/** The JSON text with the definition as it came in: the order of its fields is its author's. */
export function detailText(row: WorkflowWithDefinition, more: object): string {
  const head = JSON.stringify({ ...summaryView(row), ...more });
  return `${head.slice(0, -1)},"definition":${row.definition}}`;
}
