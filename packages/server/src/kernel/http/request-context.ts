/** What a handler is given; the parts that few handlers need are made when they are asked for. */
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../log/log.ts';
import type { Caller } from './caller.ts';
import type { RouteRequest } from './route.ts';
import type { HttpState } from './server.ts';

export type CheckedInput = {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: unknown;
};

export class RequestContext implements RouteRequest<unknown, unknown, unknown, unknown, Caller | null> {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: unknown;
  readonly caller: Caller | null;
  readonly correlationId: string;
  readonly traceparent: string;
  readonly #response: ServerResponse;
  readonly #state: HttpState;
  #log: Logger | undefined;
  #signal: AbortSignal | undefined;

  constructor(
    request: FastifyRequest,
    reply: FastifyReply,
    { state, input }: { state: HttpState; input: CheckedInput },
  ) {
    this.params = input.params;
    this.query = input.query;
    this.body = input.body;
    this.headers = input.headers;
    this.caller = request.caller;
    this.correlationId = request.trace.correlationId;
    this.traceparent = request.trace.traceparent;
    this.#response = reply.raw;
    this.#state = state;
  }

  get log(): Logger {
    this.#log ??= this.#state.log.child({ correlation_id: this.correlationId });
    return this.#log;
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#makeSignal();
    return this.#signal;
  }

  #makeSignal(): AbortSignal {
    const controller = new AbortController();
    const { waiting, draining } = this.#state;
    if (draining) controller.abort(new Error('the process is stopping'));
    waiting.add(controller);
    // `close` comes after every answer too; by then nobody listens to the signal any more.
    this.#response.once('close', () => {
      waiting.delete(controller);
      controller.abort(new Error('the caller has gone'));
    });
    return controller.signal;
  }
}
