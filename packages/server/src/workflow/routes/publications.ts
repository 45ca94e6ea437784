/** Doors that make a version the current one: publish the draft, roll back; and the list of when that was done. */
import Type from 'typebox';
import { createCursor, defaultLimit, pageFrom, pageOf, pageQuery } from '../../kernel/http/list.ts';
import { reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { workflowEtag } from '../etag.ts';
import * as schemas from '../route-schemas.ts';
import type { Workflows } from '../service.ts';
import { publicationView, publishedView, summaryView } from '../workflow-view.ts';
import * as shapes from './draft-schemas.ts';

const writers = { auth: { permission: 'workflow:write' }, tags: ['workflows'] } as const;
const byId = createCursor('publications', Type.String({ format: 'uuid' }));

export function publicationRoutes(workflows: Workflows): readonly Route[] {
  return [publishRoute(workflows), rollbackRoute(workflows), listRoute(workflows)];
}

function publishRoute(workflows: Workflows): Route {
  return route({
    ...writers,
    method: 'POST',
    path: '/workflows/:id/publish',
    summary: 'Publish the draft of a workflow as a version',
    description:
      'Under `version` where it is given, which the draft then bears too. With `If-Match` only when the draft is still the ' +
      'one that was read.',
    params: schemas.params,
    headers: shapes.publishHeaders,
    body: shapes.publishBody,
    replies: { 200: shapes.publishedDraft },
    replyHeaders: ['etag', 'location', 'idempotent-replayed'],
    async handle({ params, headers, body, caller: { tenantId, principalId }, correlationId }) {
      const made = await workflows.publishDraft({
        ...{ tenantId, correlationId, by: principalId, name: params.id, version: body.version },
        ifMatch: headers['if-match'],
        key: headers['idempotency-key'],
      });
      return reply(
        200,
        { ...publishedView(made), draft: made.draft },
        {
          etag: made.etag,
          location: `/api/v1/workflows/${made.slug}/versions/${made.version}`,
          ...(made.replayed && { 'idempotent-replayed': 'true' }),
        },
      );
    },
  });
}

function rollbackRoute(workflows: Workflows): Route {
  return route({
    ...writers,
    method: 'POST',
    path: '/workflows/:id/rollback',
    summary: 'Make a version that was published before the current one again',
    description:
      'No version is made. What is started from now on runs it; what runs already goes on with the version that it has ' +
      'pinned. With `If-Match` only when the current version is still the one that was read.',
    params: schemas.params,
    headers: schemas.ifMatch,
    body: shapes.rollbackBody,
    replies: { 200: schemas.summary },
    replyHeaders: ['etag'],
    async handle({ params, headers, body, caller: { tenantId, principalId }, correlationId }) {
      const row = await workflows.rollBack({
        ...{ tenantId, correlationId, by: principalId, name: params.id },
        ...{ version: body.version, reason: body.reason ?? '' },
        ifMatch: headers['if-match'],
      });
      return reply(200, summaryView(row), { etag: workflowEtag(row) });
    },
  });
}

function listRoute(workflows: Workflows): Route {
  return route({
    auth: { permission: 'workflow:read' },
    tags: writers.tags,
    method: 'GET',
    path: '/workflows/:id/publications',
    summary: 'List when which version became the current one, by whom and why, newest first',
    params: schemas.params,
    query: Type.Object(pageQuery),
    replies: { 200: pageOf(shapes.publication) },
    async handle({ params, query, caller }) {
      const limit = query.limit ?? defaultLimit;
      const before = byId.decode(query.cursor) ?? null;
      const rows = await workflows.listPublications(caller.tenantId, params.id, { before, limit: limit + 1 });
      return reply(200, pageFrom(rows, limit, { view: publicationView, cursorOf: (last) => byId.encode(last.id) }));
    },
  });
}
