/** An execution that was started, and what can be done with it. As JSON it is what the API answered. */
import type { Api, Execution, ExecutionsCancelParams, JournalEvent, StartedExecution } from './api.generated.ts';
import type { CallOptions } from './call-options.ts';
import { type FollowOptions, followEvents } from './follow.ts';
import type { Transport } from './transport.ts';
import { type WaitOptions, waitForEnd } from './wait.ts';

type HandleDeps = { readonly api: Api; readonly transport: Transport };

export class ExecutionHandle implements StartedExecution {
  readonly execution_id: string;
  /** When it was started. */
  readonly status: StartedExecution['status'];
  readonly links: StartedExecution['links'];
  readonly #deps: HandleDeps;

  constructor({ execution_id, status, links }: StartedExecution, deps: HandleDeps) {
    this.execution_id = execution_id;
    this.status = status;
    this.links = links;
    this.#deps = deps;
  }

  get(options?: CallOptions): Promise<Execution> {
    return this.#deps.api.executions.get(this.execution_id, {}, options);
  }

  /** Waits for the end, through restarts and broken connections; gives the execution whatever its status is. */
  wait(options?: WaitOptions): Promise<Execution> {
    return waitForEnd({ ...this.#deps, isKnown: true }, this.execution_id, options);
  }

  /** Its journal, from the first event on to the last. */
  follow(options?: FollowOptions): AsyncGenerator<JournalEvent, void, undefined> {
    return followEvents(this.#deps.transport, this.execution_id, options);
  }

  async cancel(params?: ExecutionsCancelParams, options?: CallOptions): Promise<void> {
    await this.#deps.api.executions.cancel(this.execution_id, params, options);
  }
}
