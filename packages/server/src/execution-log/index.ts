/** What others see of the logs of executions. */

export type { KeepLine } from './log-line.ts';
export { executionLogRoute } from './routes.ts';
export { createLogWriter, type LogWriter } from './writer.ts';
