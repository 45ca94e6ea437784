/** What a workflow that is written in code imports. */
export * from './blocks.ts';
export { InvalidDefinitionError } from './check-definition.ts';
export { toCode } from './code/to-code.ts';
export * from './expression.ts';
export * from './plain-steps.ts';
export { action, type HttpConfig, type HttpOutput, http } from './step-body.ts';
export { later } from './step-fields.ts';
export { workflow } from './workflow.ts';
