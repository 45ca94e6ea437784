/** `client.workflows`: what the API has, and starts that give something to go on with. */
import type { Api, Execution, StartedExecution, WorkflowsApi, WorkflowsExecuteParams } from './api.generated.ts';
import type { CreateOptions } from './call-options.ts';
import { ExecutionHandle } from './execution-handle.ts';
import type { Transport } from './transport.ts';
import { longestWaitMs, waitForEnd } from './wait.ts';

export type ExecuteParams = Omit<WorkflowsExecuteParams, 'wait'>;

export type Workflows = Omit<WorkflowsApi, 'execute'> & {
  /** Starts an execution. `POST /workflows/{id}/execute` */
  execute(id: string, params?: ExecuteParams, options?: CreateOptions): Promise<ExecutionHandle>;
  /**
   * Starts an execution and waits for its end; gives it whatever its status is. `timeoutMs` is for both together; when the
   * time is up, or the signal fires, the execution goes on.
   */
  run(id: string, params?: ExecuteParams, options?: CreateOptions): Promise<Execution>;
};

/** In one request, while proxies have patience: they tend to cut off what is silent for a minute. */
const longestRequestMs = 30_000;
/** For the way to the server and back, and for the start itself. */
const wayMs = 10_000;

export function createWorkflows(api: Api, transport: Transport): Workflows {
  return {
    ...api.workflows,
    async execute(id, params, options) {
      const started = await api.workflows.execute(id, params, options);
      return new ExecutionHandle(started as StartedExecution, { api, transport });
    },
    async run(id, params, { timeoutMs = longestWaitMs, ...options } = {}) {
      const until = Date.now() + timeoutMs;
      const waitMs = Math.floor(Math.min(timeoutMs, longestRequestMs));
      const answer = await api.workflows.execute(
        id,
        { ...params, wait: `${waitMs}ms` },
        { ...options, timeoutMs: timeoutMs + wayMs, tryTimeoutMs: waitMs + wayMs },
      );
      if ('id' in answer) return answer;
      const { signal } = options;
      return waitForEnd({ api, transport, isKnown: true }, answer.execution_id, {
        timeoutMs: Math.max(0, until - Date.now()),
        ...(signal && { signal }),
      });
    },
  };
}
