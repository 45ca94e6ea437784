/** Doors of the registry: what types of steps there are, and how a worker declares one. */
import Type from 'typebox';
import { reply } from '../kernel/http/reply.ts';
import { type Route, route } from '../kernel/http/route.ts';
import * as schemas from './route-schemas.ts';
import type { RegisteredType, Registry } from './service.ts';

const readers = { auth: { permission: 'registry:read' }, tags: ['registry'] } as const;

export function registryRoutes(registry: Registry): readonly Route[] {
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
