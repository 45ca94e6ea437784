/** The client of the API: `createClient`, what it gives and takes, and what it throws. Runs in Node and in browsers. */
export type * from './api.generated.ts';
export type { BoundOptions, CallOptions, CreateOptions } from './call-options.ts';
export { type Client, type ClientOptions, createClient, type RequestOptions } from './create-client.ts';
export {
  ApiError,
  type ApiErrorCode,
  CloudFlowError,
  ConnectionError,
  type ProblemPlace,
  TimeoutError,
} from './errors.ts';
export type { ExecutionHandle } from './execution-handle.ts';
export type { Executions, RetryParams } from './executions.ts';
export type { FollowOptions } from './follow.ts';
export { type Page, Pages } from './pages.ts';
export type { ApiResponse, ClientLogger } from './transport.ts';
export type { WaitOptions } from './wait.ts';
export type { ExecuteParams, Workflows } from './workflows.ts';
