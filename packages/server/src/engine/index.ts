/** What others see of the engine. */
export { createEngine, type EngineDeps, type EngineState } from './create-engine.ts';
export type { Engine, ExecutionHead, FinishedExecution, StartOptions, StartRequest, StartResult } from './engine.ts';
export { uuidV7 } from './execution-id.ts';
export { createStreamSlots } from './following/stream-slots.ts';
export type { EngineObserver } from './observer.ts';
export { createOperations } from './operations/index.ts';
export { createReading, type Reading } from './reading.ts';
export { type RetentionObserver, retain } from './retention/retain.ts';
export { engineRoutes } from './routes.ts';
export { forgetOwners } from './store/attempt-owners.ts';
export { forgetKeys } from './store/forget-keys.ts';
export { forgetOperations } from './store/operations.ts';
export { forgetSnapshots } from './store/snapshots.ts';
export { forgetTasks } from './store/task-chores.ts';
export { type Invariant, invariants } from './store/violations.ts';
export { taskRoutes } from './tasks/routes.ts';
export type { TaskObserver } from './tasks/task-observer.ts';
