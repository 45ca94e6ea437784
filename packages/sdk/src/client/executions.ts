/** `client.executions`: what the API has, and what makes following and retrying one comfortable. */
import type {
  Api,
  Execution,
  ExecutionsApi,
  ExecutionsRetryParams,
  JournalEvent,
  RetryPreview,
  StartedExecution,
} from './api.generated.ts';
import type { CallOptions, CreateOptions } from './call-options.ts';
import { ExecutionHandle } from './execution-handle.ts';
import { type FollowOptions, followEvents } from './follow.ts';
import type { Transport } from './transport.ts';
import { type WaitOptions, waitForEnd } from './wait.ts';

export type RetryParams = Omit<ExecutionsRetryParams, 'dry_run'>;

export type Executions = Omit<ExecutionsApi, 'retry'> & {
  /** Retries an execution that has ended, as a new one. `POST /executions/{id}/retry` */
  retry(id: string, params: RetryParams, options?: CreateOptions): Promise<ExecutionHandle>;
  /** Says what a retry would run, and starts nothing. `POST /executions/{id}/retry?dry_run=true` */
  previewRetry(id: string, params: RetryParams, options?: CallOptions): Promise<RetryPreview>;
  /** Waits for the end, through restarts and broken connections; gives the execution whatever its status is. */
  wait(id: string, options?: WaitOptions): Promise<Execution>;
  /** The journal as it grows, to its end: each event once. `GET /executions/{id}/events` as a stream. */
  follow(id: string, options?: FollowOptions): AsyncGenerator<JournalEvent, void, undefined>;
};

export function createExecutions(api: Api, transport: Transport): Executions {
  const deps = { api, transport };
  return {
    ...api.executions,
    async retry(id, params, options) {
      const started = await api.executions.retry(id, { ...params, dry_run: false }, options);
      return new ExecutionHandle(started as StartedExecution, deps);
    },
    previewRetry: async (id, params, options) =>
      (await api.executions.retry(id, { ...params, dry_run: true }, options)) as RetryPreview,
    wait: (id, options) => waitForEnd({ ...deps, isKnown: false }, id, options),
    follow: (id, options) => followEvents(transport, id, options),
  };
}
