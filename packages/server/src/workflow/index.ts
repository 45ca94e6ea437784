/** What others see of the workflow service. */
export { callRefusal } from './call-refusal.ts';
export { forgetPublishKeys } from './forget-keys.ts';
export { createResolver, type Resolver } from './resolve.ts';
export type { ResolvedWorkflow, WorkflowSource } from './resolved-workflow.ts';
export { workflowRoutes } from './routes.ts';
export { createWorkflows, type Workflows } from './service.ts';
