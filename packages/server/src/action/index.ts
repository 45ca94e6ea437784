/** What others see of the action service. */
export type { AttemptObserver, AttemptRequest, AttemptRunner } from './attempt.ts';
export { type ActionRegistry, createActionRegistry, type RegisteredAction } from './registry.ts';
