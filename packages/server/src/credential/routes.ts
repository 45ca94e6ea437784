/** HTTP doors of the credential service. No door gives a value back. */
import Type from 'typebox';
import { problem } from '../kernel/errors/problem.ts';
import type { Caller } from '../kernel/http/caller.ts';
import { createCursor, defaultLimit, pageFrom, pageOf } from '../kernel/http/list.ts';
import { reply } from '../kernel/http/reply.ts';
import { type Route, route } from '../kernel/http/route.ts';
import { isSentAsHeader } from './credential-types.ts';
import * as schemas from './route-schemas.ts';
import type { Credentials } from './service.ts';
import type { CredentialRow } from './store.ts';

/** Whether a service lets somebody in with this credential; undefined: it is of a type that no request can be made with. */
export type TryCredential = (of: {
  readonly tenantId: string;
  readonly name: string;
  readonly url: string;
  readonly signal: AbortSignal;
}) => Promise<{ readonly status: number } | { readonly error: { readonly code: string; readonly message: string } }>;

export type CredentialRouteDeps = { readonly credentials: Credentials; readonly tryCredential: TryCredential };

const readers = { auth: { permission: 'credential:read' }, tags: ['credentials'] } as const;
const writers = { auth: { permission: 'credential:write' }, tags: ['credentials'] } as const;
const byId = createCursor('credentials', Type.String({ format: 'uuid' }));

export function credentialRoutes({ credentials, tryCredential }: CredentialRouteDeps): readonly Route[] {
  return [...makingRoutes(credentials), ...changingRoutes(credentials), testRoute(credentials, tryCredential)];
}

function makingRoutes(credentials: Credentials): readonly Route[] {
  return [
    route({
      ...readers,
      method: 'GET',
      path: '/credentials',
      summary: 'List credentials, newest first, without their values',
      query: schemas.listQuery,
      replies: { 200: pageOf(schemas.credential) },
      async handle({ query, caller }) {
        const limit = query.limit ?? defaultLimit;
        const before = byId.decode(query.cursor) ?? null;
        const rows = await credentials.list(caller.tenantId, { before, limit: limit + 1 });
        return reply(200, pageFrom(rows, limit, { view: view, cursorOf: (last) => byId.encode(last.id) }));
      },
    }),
    route({
      ...writers,
      method: 'POST',
      path: '/credentials',
      summary: 'Make a credential; its values are never returned',
      headers: schemas.createHeaders,
      body: schemas.createBody,
      replies: { 201: schemas.credential },
      replyHeaders: ['idempotent-replayed'],
      async handle({ body, caller, headers }) {
        const { allowed_hosts: allowedHosts = null, description = '', ...rest } = body;
        const draft = { ...rest, allowedHosts, description };
        const { row, replayed } = await credentials.create(actor(caller), draft, headers['idempotency-key']);
        return reply(201, view(row), replayed ? { 'idempotent-replayed': 'true' } : {});
      },
    }),
  ];
}

function changingRoutes(credentials: Credentials): readonly Route[] {
  return [
    route({
      ...writers,
      method: 'PATCH',
      path: '/credentials/:id',
      summary: 'Change a credential; `values` are replaced as a whole',
      params: schemas.params,
      body: schemas.updateBody,
      replies: { 200: schemas.credential },
      async handle({ params, body, caller }) {
        const { allowed_hosts: allowedHosts, ...rest } = body;
        const change = { ...rest, ...(allowedHosts === undefined ? {} : { allowedHosts }) };
        return reply(200, view(await credentials.update(actor(caller), params.id, change)));
      },
    }),
    route({
      ...writers,
      method: 'DELETE',
      path: '/credentials/:id',
      summary: 'Delete a credential; steps that use it fail from now on',
      params: schemas.params,
      replies: { 204: 'Deleted.' },
      async handle({ params, caller }) {
        await credentials.remove(caller.tenantId, params.id);
        return reply(204);
      },
    }),
  ];
}

function testRoute(credentials: Credentials, tryCredential: TryCredential): Route {
  return route({
    ...writers,
    method: 'POST',
    path: '/credentials/:id/test',
    summary: 'Try a credential of HTTP: send a request with it, and tell the status',
    description:
      'Nothing of the answer is shown but its status. For the types that are sent as a header, such as `http_bearer` and ' +
      '`github`; `url` is an address of the service that asks who calls.',
    params: schemas.params,
    body: schemas.testBody,
    replies: { 200: schemas.tested },
    async handle({ params, body, caller: { tenantId }, signal }) {
      const { name, type } = await credentials.find(tenantId, params.id);
      if (!isSentAsHeader(type)) {
        throw problem('conflict', { detail: `There is no test for a credential of the type ${type}.` });
      }
      const outcome = await tryCredential({ tenantId, name, url: body.url, signal });
      if ('error' in outcome) return reply(200, { ok: false, status: null, error: outcome.error });
      return reply(200, { ok: outcome.status < 400, status: outcome.status, error: null });
    },
  });
}

function actor({ tenantId, principalId }: Caller) {
  return { tenantId, principalId };
}

function view(row: CredentialRow) {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    description: row.description,
    fields: row.fields,
    allowed_hosts: row.allowedHosts,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    created_by: row.createdBy,
    updated_by: row.updatedBy,
  };
}
