/** What a start needs of a workflow: its identity, the version that is pinned, and the plan of that version. */
import type { Plan } from '@cloudflow/core/definition/plan.ts';

export type ResolvedWorkflow = {
  readonly workflowId: string;
  readonly versionId: string;
  readonly slug: string;
  readonly version: string;
  readonly plan: Plan;
};

/** What the engine asks the workflow service; it never reads its tables. */
export type WorkflowSource = {
  /**
   * The version a start is to pin: the one asked for, else the current one. Throws the problems `not_found`,
   * `workflow_disabled`, and `definition_outdated` when the stored definition no longer compiles.
   */
  resolveForStart(tenantId: string, idOrSlug: string, version?: string): Promise<ResolvedWorkflow>;
  /** The UUID of a workflow, disabled ones included; null when there is none of that name or UUID. */
  idOf(tenantId: string, idOrSlug: string): Promise<string | null>;
  /**
   * The plan of a version, deleted workflows included: what has started runs to its end. Throws the problem
   * `definition_outdated` when it no longer compiles.
   */
  planOf(versionId: string): Promise<Plan>;
};
