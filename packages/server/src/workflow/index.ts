/** What others see of the workflow service. */
export type { ResolvedWorkflow, WorkflowSource } from './resolved-workflow.ts';
