/**
 * The HTTP server below the routes: limits, parsing, trace ids, problems as answers, cross-origin rules, draining. Routes
 * come in through `mount`.
 */
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Problem, problem } from '../errors/problem.ts';
import type { Logger } from '../log/log.ts';
import { type AllowedMethods, createAllowedMethods } from './allowed-methods.ts';
import type { Authenticate, Caller } from './caller.ts';
import { answerMalformed } from './malformed.ts';
import { readJson } from './read-json.ts';
import { securityHeaders } from './security-headers.ts';
import { logProblem, pathOf, problemOf, sendProblem } from './send-problem.ts';
import { isStream } from './send-stream.ts';
import { readTrace, type Trace } from './trace.ts';

declare module 'fastify' {
  interface FastifyRequest {
    trace: Trace;
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** The permission that the route needs; null on public ones. */
    permission?: string | null;
  }
}

export type HttpOptions = {
  readonly log: Logger;
  readonly authenticate: Authenticate;
  /** Bytes. */
  readonly maxBodyBytes: number;
  /** Exact origins whose pages may call. */
  readonly corsOrigins: readonly string[];
  /** Told of every answer: the route's pattern, the status and the time it took in seconds. */
  readonly observe?: (method: string, pattern: string, status: number, seconds: number) => void;
};

/** What all requests of one server share. */
export type HttpState = {
  readonly log: Logger;
  readonly allowed: AllowedMethods;
  /** Handlers that wait for something and want to know when to stop. */
  readonly waiting: Set<AbortController>;
  draining: boolean;
  /** Requests under way. */
  unanswered: number;
  /** Told when there are none any more. */
  onAnswered: (() => void) | undefined;
};

export type HttpServer = {
  readonly app: FastifyInstance;
  readonly state: HttpState;
  readonly options: HttpOptions;
  /** Resolves to the address that it listens at. */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>;
  /** Stops listening, tells connections to close, ends the waiting of handlers, refuses what would begin new work. */
  drain(): void;
  /** Waits for the answers under way, at most so long; then cuts the connections. */
  close(timeoutMs: number): Promise<void>;
};

export function createHttpServer(options: HttpOptions): HttpServer {
  const state: HttpState = {
    log: options.log,
    allowed: createAllowedMethods(),
    waiting: new Set(),
    draining: false,
    unanswered: 0,
    onAnswered: undefined,
  };
  const app = fastify({
    bodyLimit: options.maxBodyBytes,
    routerOptions: { maxParamLength: 512, caseSensitive: true },
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    // The default answers with a body of its own; ours are problems.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    http: {
      headersTimeout: 10_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 16_384,
      // Node's own refusal has no body; ours is a problem.
      requireHostHeader: false,
    },
    clientErrorHandler: answerMalformed,
    frameworkErrors(error, request, reply) {
      const [wide, narrow] = [reply as unknown as FastifyReply, request as unknown as FastifyRequest];
      begin(narrow, wide, state);
      refuse(error, narrow, wide);
    },
  });
  app.decorateRequest('trace');
  app.decorateRequest('caller', null);
  acceptJson(app);
  app.addHook('onRequest', onRequest);
  if (options.observe) observeAnswers(app, options.observe);
  app.setErrorHandler((error: FastifyError, request, reply) => refuse(error, request, reply));
  app.setNotFoundHandler(async (request, reply) => notFound(request, reply));
  let closing: Promise<void> | undefined;
  return {
    app,
    state,
    options,
    async listen({ host, port }) {
      await app.listen({ host, port });
      const { port: actual } = app.server.address() as AddressInfo;
      return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
    },
    drain() {
      stopWaiting(state);
      closing ??= app.close();
    },
    async close(timeoutMs) {
      stopWaiting(state);
      closing ??= app.close();
      // Node counts a connection that never asked for anything as busy: what is left when nobody waits for an answer is cut.
      await untilAnswered(state, timeoutMs);
      app.server.closeAllConnections();
      await closing;
    },
  };

  function answered(): void {
    state.unanswered -= 1;
    if (state.unanswered === 0) state.onAnswered?.();
  }

  function onRequest(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    state.unanswered += 1;
    // Comes once for each request, also when the caller left before the answer.
    reply.raw.once('close', answered);
    begin(request, reply, state);
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      return done(problem('malformed_request', { detail: 'The request has no `Host` header.' }));
    const { permission } = request.routeOptions.config;
    allowOrigin(request, reply, options.corsOrigins);
    if (state.draining) reply.header('connection', 'close');
    if (permission === null || isPreflight(request)) return done();
    if (state.draining && request.method !== 'GET')
      return done(problem('unavailable', { detail: 'This process is stopping.', retryAfter: 1 }));
    identify(request, options.authenticate, done);
  }

  function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply) {
    const refusal: Problem = problemOf(error);
    logProblem(refusal, request, state.log);
    return sendProblem(refusal, request, reply);
  }

  function notFound(request: FastifyRequest, reply: FastifyReply) {
    const methods = state.allowed.of(pathOf(request.url));
    const allow = methods.join(', ');
    if (methods.length > 0 && request.method === 'OPTIONS') return reply.code(204).header('allow', allow).send();
    if (methods.length === 0)
      throw problem('not_found', { detail: `There is nothing at ${request.method} ${pathOf(request.url)}.` });
    throw problem('method_not_allowed', { detail: `Allowed here: ${allow}.`, headers: { allow } });
  }
}

function begin(request: FastifyRequest, reply: FastifyReply, state: HttpState): void {
  const trace = readTrace(request.headers);
  request.trace = trace;
  reply.headers(securityHeaders);
  reply.header('x-correlation-id', trace.correlationId);
  reply.header('traceparent', trace.traceparent);
  if (state.draining) reply.header('connection', 'close');
}

/**
 * Whatever is not declared public asks who calls before anything else, also what does not exist: a path that slips past
 * the router tells nothing. It costs no promise when the caller is known.
 */
function identify(request: FastifyRequest, authenticate: Authenticate, done: (error?: Error) => void): void {
  try {
    const caller = authenticate(request.headers);
    if (!(caller instanceof Promise)) {
      request.caller = caller;
      return done();
    }
    caller.then((known) => {
      request.caller = known;
      done();
    }, done);
  } catch (error) {
    done(error as Error);
  }
}

function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const { 'content-type': type = '', 'content-encoding': encoding } = request.headers;
      if (encoding !== undefined && encoding !== 'identity')
        throw problem('unsupported_media_type', { detail: `The body is sent as "${encoding}"; send it uncompressed.` });
      if (/charset=/i.test(type) && !/charset="?utf-?8"?\s*(;|$)/i.test(type))
        throw problem('unsupported_media_type', { detail: 'JSON is sent in UTF-8.' });
      done(null, readJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function allowOrigin(request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): void {
  if (origins.length === 0) return;
  reply.header('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return;
  reply.header('access-control-allow-origin', origin);
  reply.header(
    'access-control-expose-headers',
    'Location, ETag, Retry-After, X-Correlation-ID, Idempotent-Replayed, traceparent',
  );
  if (!isPreflight(request)) return;
  reply.header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE');
  reply.header(
    'access-control-allow-headers',
    'Authorization, X-API-Key, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Correlation-ID, traceparent',
  );
  reply.header('access-control-max-age', '600');
}

function observeAnswers(app: FastifyInstance, observe: NonNullable<HttpOptions['observe']>): void {
  app.addHook('onResponse', (request, reply, done) => {
    // How long a stream lasts says nothing of how fast the server answers.
    if (!isStream(reply))
      observe(request.method, request.routeOptions.url ?? 'unmatched', reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}

async function untilAnswered(state: HttpState, timeoutMs: number): Promise<void> {
  if (state.unanswered === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  state.onAnswered = resolve;
  const patience = setTimeout(resolve, timeoutMs);
  await promise;
  clearTimeout(patience);
}

function stopWaiting(state: HttpState): void {
  state.draining = true;
  for (const controller of state.waiting) controller.abort(new Error('the process is stopping'));
  state.waiting.clear();
}
