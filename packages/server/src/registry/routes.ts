/** Doors of the registry: what types of steps there are, and how a worker declares one. */
import Type from 'typebox';
import { problem } from '../kernel/errors/problem.ts';
import { createCursor, defaultLimit, pageFrom, pageOf, pageQuery } from '../kernel/http/list.ts';
import { escapePointer } from '../kernel/http/read-json.ts';
import { reply } from '../kernel/http/reply.ts';
import { type Route, route } from '../kernel/http/route.ts';
import type { OperationRecord, RegisteredOperations } from './operations.ts';
import * as schemas from './route-schemas.ts';
import type { RegisteredType, Registry } from './service.ts';

const readers = { auth: { permission: 'registry:read' }, tags: ['registry'] } as const;

export function registryRoutes(registry: Registry, operations: RegisteredOperations): readonly Route[] {
  return [
    route({
      ...readers,
      method: 'GET',
      path: '/registry/actions',
      summary: 'List the types of steps: those of the language and of the server, and the own ones of the tenant',
      description: 'What a palette and its forms need. A `$ref` of a control type is into the schema of the language.',
      query: schemas.listQuery,
      replies: { 200: Type.Object({ data: Type.Array(schemas.action), next_cursor: Type.Null() }) },
      async handle({ query, caller }) {
        return reply(200, { data: (await registry.list(caller.tenantId, query)).map(view), next_cursor: null });
      },
    }),
    route({
      ...readers,
      method: 'GET',
      path: '/registry/actions/:type',
      summary: 'Read what one type of steps takes and gives',
      params: schemas.params,
      replies: { 200: schemas.action },
      handle: async ({ params, caller }) => reply(200, view(await registry.find(caller.tenantId, params.type))),
    }),
    declareRoute(registry),
    ...operationRoutes(operations),
  ];
}

function declareRoute(registry: Registry): Route {
  return route({
    method: 'PUT',
    path: '/registry/actions/:type',
    auth: { permission: 'task:work' },
    tags: ['registry'],
    summary: 'Declare a type of steps that workers of the tenant run',
    description:
      'From then on a definition may use it, and its config is checked against `config_schema` when it is saved. A version is ' +
      'frozen but for its texts: the same again changes nothing, another content is 409 `version_exists`. Of several versions the highest counts.',
    params: schemas.params,
    body: schemas.declareBody,
    bodyLimit: 256 * 1024,
    replies: { 200: schemas.action },
    async handle({ params, body, caller }) {
      const declared = await registry.declare(caller.tenantId, params.type, {
        version: body.version,
        title: body.title,
        description: body.description ?? '',
        configSchema: body.config_schema as never,
        outputSchema: (body.output_schema ?? {}) as never,
        errors: body.errors ?? [],
        defaultTimeoutMs: body.default_timeout_ms ?? 60_000,
        effect: body.effect ?? 'external',
      });
      return reply(200, view(declared));
    },
  });
}

function view(of: RegisteredType) {
  return {
    type: of.type,
    aliases: of.aliases,
    kind: of.kind,
    category: of.category,
    icon: of.icon,
    title: of.title,
    description: of.description,
    version: of.version,
    config_schema: of.configSchema,
    output_schema: of.outputSchema,
    errors: of.errors,
    default_timeout_ms: of.defaultTimeoutMs,
    effect: of.effect,
    runs_on: of.runsOn,
    last_asked_at: of.lastAskedAt?.toISOString() ?? null,
  };
}

const writers = { auth: { permission: 'workflow:write' }, tags: ['registry'] } as const;
const byName = createCursor('registered-operations', Type.String());

function operationRoutes(operations: RegisteredOperations): readonly Route[] {
  return [
    route({
      ...readers,
      method: 'GET',
      path: '/registry/operations',
      summary: 'List the registered operations, by name',
      query: Type.Object(pageQuery),
      replies: { 200: pageOf(schemas.operation) },
      async handle({ query, caller }) {
        const limit = query.limit ?? defaultLimit;
        const after = byName.decode(query.cursor) ?? '';
        const found = await operations.list(caller.tenantId, { after, limit: limit + 1 });
        return reply(
          200,
          pageFrom(found, limit, { view: operationView, cursorOf: (last) => byName.encode(last.name) }),
        );
      },
    }),
    route({
      ...readers,
      method: 'GET',
      path: '/registry/operations/:name',
      summary: 'Read a registered operation',
      params: schemas.operationParams,
      replies: { 200: schemas.operation },
      async handle({ params, caller }) {
        const found = await operations.find(caller.tenantId, params.name);
        if (found === undefined) throw problem('not_found');
        return reply(200, operationView(found));
      },
    }),
    putOperationRoute(operations),
    route({
      ...writers,
      method: 'DELETE',
      path: '/registry/operations/:name',
      summary: 'Delete a registered operation; steps that run it fail from now on',
      params: schemas.operationParams,
      replies: { 204: 'Deleted.' },
      async handle({ params, caller }) {
        await operations.remove(caller.tenantId, params.name);
        return reply(204);
      },
    }),
  ];
}

function putOperationRoute(operations: RegisteredOperations): Route {
  return route({
    ...writers,
    method: 'PUT',
    path: '/registry/operations/:name',
    summary: 'Register an operation of a database under a name, or put it in the place of the one that is there',
    description:
      'A step `database_operation` without `config` runs the operation of its own id. What starts from now on runs this one, whichever ' +
      'version of a workflow it belongs to.',
    params: schemas.operationParams,
    body: schemas.operationBody,
    replies: { 200: schemas.operation },
    async handle({ params, body, caller: { tenantId, principalId } }) {
      const parameters = Object.entries(body.parameters ?? {}).map(([name, { from, schema }]) => {
        return [name, { from: from ?? `/input/${escapePointer(name)}`, schema: (schema ?? true) as never }] as const;
      });
      const put = await operations.put({ tenantId, principalId }, params.name, {
        credential: body.credential,
        operation: body.operation ?? 'query',
        sql: body.sql,
        parameters: Object.fromEntries(parameters),
        params: body.params ?? [],
        maxRows: body.max_rows ?? null,
      });
      return reply(200, operationView(put));
    },
  });
}

function operationView({ maxRows, createdAt, updatedAt, sql, params, ...of }: OperationRecord) {
  return {
    ...of,
    sql: typeof sql === 'string' ? sql : [...sql],
    params: params as string[] | string[][],
    max_rows: maxRows,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
