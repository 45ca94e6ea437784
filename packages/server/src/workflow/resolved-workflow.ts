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
   * `workflow_not_published`, `workflow_disabled`, and `definition_outdated` when the stored definition no longer compiles.
   */
  resolveForStart(tenantId: string, idOrSlug: string, version?: string): Promise<ResolvedWorkflow>;
  /**
   * The UUIDs of all workflows that bear or bore a name, disabled and deleted ones included, since their executions stay; of
   * one when a UUID is given.
   */
  idsOf(tenantId: string, idOrSlug: string): Promise<readonly string[]>;
  /**
   * The plan of a version, deleted workflows included: what has started runs to its end. Throws the problem
   * `definition_outdated` when it no longer compiles.
   */
  planOf(versionId: string): Promise<Plan>;
};
