/** What every step of a document is compiled with. */
import type { WorkflowDocument } from './document.ts';
import type { Graph } from './graph.ts';
import type { Issues } from './issues.ts';
import type { Layout } from './layout.ts';
import type { Sources } from './sources.ts';

export type Workshop = {
  readonly document: WorkflowDocument;
  readonly layout: Layout;
  readonly graph: Graph;
  readonly sources: Sources;
  readonly issues: Issues;
  /** The `step_timeout` of the document. */
  readonly stepTimeoutMs: number | null;
};
