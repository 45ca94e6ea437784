/**
 * A route is data: the server mounts it, validation and the types of its handler follow from its schemas, the OpenAPI file
 * is printed from it, and a test walks all routes to see that each one states who may call it.
 */
import type { Static, TObject, TSchema } from 'typebox';
import type { Logger } from '../log/log.ts';
import type { Caller } from './caller.ts';
import type { Reply } from './reply.ts';
import type { ReplyHeader } from './reply-headers.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may call: everybody, or who has the permission, such as `workflow:read`. */
export type RouteAuth = 'public' | { readonly permission: string };

/** What a handler is given. `query`, `params` and `headers` hold what the schemas declare, converted to their types. */
export type RouteRequest<P, Q, B, H, C> = {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly headers: H;
  /** Null on public routes, and only there. */
  readonly caller: C;
  readonly correlationId: string;
  /** W3C trace context of this request. */
  readonly traceparent: string;
  /** Aborted when the caller has gone, or the process is stopping: end the waiting, not the work. */
  readonly signal: AbortSignal;
  readonly log: Logger;
};

type Shape<S extends TSchema | undefined, Otherwise> = S extends TSchema ? Static<S> : Otherwise;

export type RouteDefinition<
  A extends RouteAuth,
  P extends TObject | undefined,
  Q extends TObject | undefined,
  B extends TSchema | undefined,
  H extends TObject | undefined,
> = {
  readonly method: Method;
  /** Below the prefix that it is mounted at; parameters as `:id`. */
  readonly path: string;
  readonly auth: A;
  /** One line, imperative: what a call does. */
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** All texts; a path that does not fit is a 404. */
  readonly params?: P;
  /** Closed: another parameter is a 400. A list parameter may be repeated. */
  readonly query?: Q;
  /** An absent body counts as `{}`. Without this schema a body other than `{}` is refused. */
  readonly body?: B;
  /** For the description alone: a body is needed although no schema can say so, since its errors are found elsewhere. */
  readonly needsBody?: boolean;
  /** Names in lower case. Other headers are allowed and not passed on. */
  readonly headers?: H;
  /** By status: the JSON that is answered, or a text that says what is answered in its place. */
  readonly replies: { readonly [status: number]: TSchema | string };
  /** What a 200 is in place of JSON for who asks for this type: a stream. */
  readonly streams?: { readonly contentType: string; readonly description: string };
  /** What successes carry beside what every answer does; one that is absent at times says so itself. */
  readonly replyHeaders?: readonly ReplyHeader[];
  /** Bytes; the configured limit when absent. */
  readonly bodyLimit?: number;
  readonly handle: (
    request: RouteRequest<
      Shape<P, Readonly<Record<string, never>>>,
      Shape<Q, Readonly<Record<string, never>>>,
      Shape<B, undefined>,
      Shape<H, Readonly<Record<string, never>>>,
      A extends 'public' ? null : Caller
    >,
  ) => Reply | Promise<Reply>;
};

/** A route whose types have been checked against its schemas and are of no further interest. */
export type Route = Omit<RouteDefinition<RouteAuth, TObject, TObject, TSchema, TObject>, 'handle'> & {
  readonly handle: (request: RouteRequest<never, never, never, never, never>) => Reply | Promise<Reply>;
};

export function route<
  const A extends RouteAuth,
  P extends TObject | undefined = undefined,
  Q extends TObject | undefined = undefined,
  B extends TSchema | undefined = undefined,
  H extends TObject | undefined = undefined,
>(definition: RouteDefinition<A, P, Q, B, H>): Route {
  return definition as unknown as Route;
}
