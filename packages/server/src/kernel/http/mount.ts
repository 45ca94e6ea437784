/** Puts routes on the server: from here on a request is checked against its route before a handler sees it. */

import { permits } from '@cloudflow/core/policy/permission.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TObject } from 'typebox';
import { Problem, type ProblemError, problem } from '../errors/problem.ts';
import { type Check, createCheck } from './check-input.ts';
import { createQueryReader, type RawQuery, unknownParameter } from './read-query.ts';
import { RequestContext } from './request-context.ts';
import type { Route } from './route.ts';
import { sendStream } from './send-stream.ts';
import type { HttpServer } from './server.ts';

/** Mounts all routes below `prefix`. */
export function mount(server: HttpServer, prefix: string, routes: readonly Route[]): void {
  for (const route of routes) mountOne(server, prefix, route);
}

function mountOne({ app, state, options }: HttpServer, prefix: string, route: Route): void {
  const url = `${prefix}${route.path}`;
  const permission = route.auth === 'public' ? null : route.auth.permission;
  const readInput = inputReader(route);
  state.allowed.add(route.method, url);
  app.route({
    method: route.method,
    url,
    bodyLimit: route.bodyLimit ?? options.maxBodyBytes,
    config: { permission },
    // After who calls is known and before the body is read.
    ...(permission !== null && { onRequest: permissionHook(permission) }),
    async handler(request: FastifyRequest, reply: FastifyReply) {
      const answer = await route.handle(
        new RequestContext(request, reply, { state, input: readInput(request) }) as never,
      );
      reply.code(answer.status);
      if (answer.headers !== undefined) reply.headers(answer.headers);
      if ('pieces' in answer) return sendStream(answer, request, { reply, log: state.log });
      if (answer.text !== null) reply.header('content-type', answer.contentType);
      return reply.send(answer.text ?? undefined);
    },
  });
}

function permissionHook(permission: string) {
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    const { caller } = request;
    if (caller && permits(caller.permissions, permission)) return done();
    done(problem('forbidden', { detail: `This needs the permission "${permission}".` }));
  };
}

function inputReader(route: Route) {
  const readParams = paramsReader(route.params);
  const readQuery = queryReader(route.query);
  const readHeaders = headersReader(route.headers);
  const readBody = bodyReader(route);
  return (request: FastifyRequest) => ({
    params: readParams(request),
    query: readQuery(request),
    headers: readHeaders(request),
    body: readBody(request),
  });
}

type Reader = (request: FastifyRequest) => unknown;

const none = Object.freeze({});

function paramsReader(schema: TObject | undefined): Reader {
  if (schema === undefined) return () => none;
  const check = createCheck(schema);
  return ({ params }) => {
    if (check(params).length > 0) throw problem('not_found');
    return params;
  };
}

function queryReader(schema: TObject | undefined): Reader {
  if (schema === undefined) return ({ query }) => refuseQuery(query as RawQuery);
  const read = createQueryReader(schema);
  const check = createCheck(schema);
  return ({ query }) => {
    const { values, errors } = read(query as RawQuery);
    const all = errors.length > 0 ? errors : check(values, '/query');
    if (all.length > 0) throw invalid('invalid_parameter', all);
    return values;
  };
}

function refuseQuery(query: RawQuery): unknown {
  for (const name in query) throw invalid('invalid_parameter', [unknownParameter(name, [])]);
  return none;
}

function headersReader(schema: TObject | undefined): Reader {
  if (schema === undefined) return () => none;
  const check = createCheck(schema);
  const names = Object.keys(schema.properties);
  return ({ headers }) => {
    const values: Record<string, unknown> = {};
    for (const name of names) if (headers[name] !== undefined) values[name] = headers[name];
    const errors = check(values, '/headers');
    if (errors.length > 0) throw invalid('invalid_parameter', errors);
    return values;
  };
}

function bodyReader(route: Route): Reader {
  if (route.body === undefined) return ({ body }) => refuseBody(body);
  const check: Check = createCheck(route.body);
  return ({ body = none }) => {
    const errors = check(body);
    if (errors.length > 0) throw invalid('invalid_body', errors);
    return body;
  };
}

function refuseBody(body: unknown): undefined {
  const isEmpty = body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0);
  if (!isEmpty) throw problem('invalid_body', { detail: 'This operation takes no body.' });
}

/** The first mistake is told in words, for those who read no further. */
function invalid(code: 'invalid_parameter' | 'invalid_body', errors: readonly ProblemError[]): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const where = first === undefined || first.pointer === '' ? '' : `${first.pointer}: `;
  return new Problem(code, { detail: `${where}${first?.message ?? ''}${more}`, errors });
}
