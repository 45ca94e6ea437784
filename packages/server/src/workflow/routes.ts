/** HTTP doors of the workflow service. */
import Type from 'typebox';
import { isKnown } from '../kernel/http/etag.ts';
import { createCursor, defaultLimit, pageFrom, pageOf, pageQuery } from '../kernel/http/list.ts';
import { rawJson, reply } from '../kernel/http/reply.ts';
import { type Route, route } from '../kernel/http/route.ts';
import { definitionEtag, workflowEtag } from './etag.ts';
import * as schemas from './route-schemas.ts';
import { draftRoutes } from './routes/drafts.ts';
import { publicationRoutes } from './routes/publications.ts';
import type { Workflows } from './service.ts';
import { detailText, publishedView, summaryView, versionView } from './workflow-view.ts';

export type WorkflowRouteDeps = {
  readonly workflows: Workflows;
  /** What the engine says of the last execution that was started, as JSON; null before the first. */
  readonly latestExecution: LatestExecution;
};
type LatestExecution = (tenantId: string, workflowId: string) => Promise<object | null>;

const readers = { auth: { permission: 'workflow:read' }, tags: ['workflows'] } as const;
const writers = { auth: { permission: 'workflow:write' }, tags: ['workflows'] } as const;
const unchanged = 'The definition is the one that is known already.';
const byId = createCursor('workflows', Type.String({ format: 'uuid' }));
const byVersionId = createCursor('workflow-versions', Type.String({ format: 'uuid' }));

export function workflowRoutes({ workflows, latestExecution }: WorkflowRouteDeps): readonly Route[] {
  return [
    ...publishRoutes(workflows),
    ...listRoutes(workflows),
    ...detailRoutes(workflows, latestExecution),
    ...draftRoutes(workflows.drafts),
    ...publicationRoutes(workflows),
    deleteRoute(workflows),
    ableRoute(workflows, true),
    ableRoute(workflows, false),
  ];
}

function publishRoutes(workflows: Workflows): readonly Route[] {
  return [
    route({
      ...writers,
      method: 'POST',
      path: '/workflows',
      summary: 'Publish a version of a workflow',
      description:
        'The same version with the same body again answers 200; with another body 409. With `Idempotency-Key` a repeat ' +
        'gets the answer of the first.',
      headers: schemas.publishHeaders,
      body: schemas.document,
      needsBody: true,
      replies: { 201: schemas.published, 200: schemas.published },
      replyHeaders: ['etag', 'location', 'idempotent-replayed'],
      async handle({ body, caller, headers, correlationId }) {
        const key = headers['idempotency-key'];
        const { tenantId, principalId: by } = caller;
        const made = await workflows.publish({ tenantId, document: body, correlationId, by, key });
        return reply(made.created ? 201 : 200, publishedView(made), {
          etag: made.etag,
          location: `/api/v1/workflows/${made.slug}`,
          ...(made.replayed && { 'idempotent-replayed': 'true' }),
        });
      },
    }),
    route({
      ...readers,
      method: 'POST',
      path: '/workflows/validate',
      summary: 'Check a definition without saving it',
      body: schemas.document,
      needsBody: true,
      replies: { 200: schemas.validated },
      handle: async ({ body, caller }) => reply(200, await workflows.validate(caller.tenantId, body)),
    }),
    route({
      ...writers,
      method: 'PUT',
      path: '/workflows/:id',
      summary: 'Publish a new version of a workflow that exists',
      description: 'With `If-Match` only when its current version is still the one that was read.',
      params: schemas.params,
      headers: schemas.ifMatch,
      body: schemas.document,
      needsBody: true,
      replies: { 200: schemas.published },
      replyHeaders: ['etag'],
      async handle({ params, headers, body, caller, correlationId }) {
        const { tenantId, principalId: by } = caller;
        const update = { name: params.id, ifMatch: headers['if-match'] };
        const made = await workflows.publish({ tenantId, document: body, correlationId, by, update });
        return reply(200, publishedView(made), { etag: made.etag });
      },
    }),
  ];
}

function listRoutes(workflows: Workflows): readonly Route[] {
  return [
    route({
      ...readers,
      method: 'GET',
      path: '/workflows',
      summary: 'List workflows, newest first',
      query: schemas.listQuery,
      replies: { 200: schemas.summaryPage },
      async handle({ query, caller: { tenantId } }) {
        const limit = query.limit ?? defaultLimit;
        const before = byId.decode(query.cursor) ?? null;
        const filter = { prefix: query.q ?? '', status: query.status ?? null };
        const [rows, all] = await Promise.all([
          workflows.list(tenantId, filter, { before, limit: limit + 1 }),
          query.count === true ? workflows.count(tenantId, filter) : {},
        ]);
        const page = pageFrom(rows, limit, { view: summaryView, cursorOf: (last) => byId.encode(last.id) });
        return reply(200, { ...page, ...all });
      },
    }),
    route({
      ...readers,
      method: 'GET',
      path: '/workflows/:id/versions',
      summary: 'List the versions of a workflow, newest first',
      params: schemas.params,
      query: Type.Object(pageQuery),
      replies: { 200: pageOf(schemas.versionSummary) },
      async handle({ params, query, caller }) {
        const limit = query.limit ?? defaultLimit;
        const before = byVersionId.decode(query.cursor) ?? null;
        const rows = await workflows.listVersions(caller.tenantId, params.id, { before, limit: limit + 1 });
        return reply(
          200,
          pageFrom(rows, limit, { view: versionView, cursorOf: (last) => byVersionId.encode(last.versionId) }),
        );
      },
    }),
  ];
}

function detailRoutes(workflows: Workflows, latestExecution: LatestExecution): readonly Route[] {
  return [
    route({
      ...readers,
      method: 'GET',
      path: '/workflows/:id',
      summary: 'Get a workflow: its current definition and the state of its latest execution',
      description:
        'With `If-None-Match` 304 when its definition is the one that is known; what else the answer has may have changed.',
      params: schemas.params,
      headers: schemas.ifNoneMatch,
      replies: { 200: schemas.detail, 304: unchanged },
      replyHeaders: ['etag'],
      async handle({ params, headers, caller: { tenantId } }) {
        const row = await workflows.read(tenantId, params.id);
        const etag = workflowEtag(row);
        if (isKnown(headers['if-none-match'], etag)) return reply(304, undefined, { etag });
        const latest_execution = await latestExecution(tenantId, row.id);
        return rawJson(200, detailText(row, { latest_execution }), { etag });
      },
    }),
    route({
      ...readers,
      method: 'GET',
      path: '/workflows/:id/versions/:version',
      summary: 'Get one version of a workflow',
      params: schemas.versionParams,
      headers: schemas.ifNoneMatch,
      replies: { 200: schemas.versionDetail, 304: unchanged },
      replyHeaders: ['etag'],
      async handle({ params: { id, version }, headers, caller }) {
        const row = await workflows.readVersion(caller.tenantId, id, version);
        const etag = definitionEtag(row.digest);
        if (isKnown(headers['if-none-match'], etag)) return reply(304, undefined, { etag });
        return rawJson(200, detailText(row, {}), { etag });
      },
    }),
  ];
}

function deleteRoute(workflows: Workflows): Route {
  return route({
    ...writers,
    method: 'DELETE',
    path: '/workflows/:id',
    summary: 'Delete a workflow; what is running runs to its end',
    params: schemas.params,
    headers: schemas.ifMatch,
    replies: { 204: 'Deleted.' },
    async handle({ params, headers, caller }) {
      await workflows.remove(caller.tenantId, params.id, headers['if-match']);
      return reply(204);
    },
  });
}

function ableRoute(workflows: Workflows, enabled: boolean): Route {
  return route({
    ...writers,
    method: 'POST',
    path: `/workflows/:id/${enabled ? 'enable' : 'disable'}`,
    summary: enabled ? 'Let a workflow start executions again' : 'Refuse new executions; running ones go on',
    params: schemas.params,
    replies: { 200: schemas.summary },
    async handle({ params, caller: { tenantId } }) {
      await workflows.setEnabled(tenantId, params.id, enabled);
      return reply(200, summaryView(await workflows.find(tenantId, params.id)));
    },
  });
}
