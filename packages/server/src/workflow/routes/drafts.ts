/** Doors of drafts: read, save, and what was saved before. */
import Type from 'typebox';
import { createCursor, defaultLimit, pageFrom, pageOf, pageQuery } from '../../kernel/http/list.ts';
import { rawJson, reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { draftView, revisionView } from '../draft-view.ts';
import type { Drafts } from '../drafts.ts';
import { draftEtag } from '../etag.ts';
import * as schemas from '../route-schemas.ts';
import { withDefinition } from '../workflow-view.ts';
import * as shapes from './draft-schemas.ts';

const tags = ['drafts'] as const;
const readers = { auth: { permission: 'workflow:read' }, tags } as const;
const byRevision = createCursor('draft-revisions', Type.Integer());

export function draftRoutes(drafts: Drafts): readonly Route[] {
  return [readRoute(drafts), saveRoute(drafts), ...historyRoutes(drafts)];
}

function readRoute(drafts: Drafts): Route {
  return route({
    ...readers,
    method: 'GET',
    path: '/workflows/:id/draft',
    summary: 'Get the draft of a workflow, and what is wrong with it',
    description: 'Where no draft was ever saved it is the current version, as revision 0.',
    params: schemas.params,
    replies: { 200: shapes.draftDetail },
    replyHeaders: ['etag'],
    async handle({ params, caller }) {
      const draft = await drafts.read(caller.tenantId, params.id);
      return rawJson(200, withDefinition(draftView(draft), draft.definition), { etag: draftEtag(draft) });
    },
  });
}

function saveRoute(drafts: Drafts): Route {
  return route({
    auth: { permission: 'workflow:write' },
    tags,
    method: 'PUT',
    path: '/workflows/:id/draft',
    summary: 'Save a draft; it may be wrong, and the answer says what is',
    description:
      'Any JSON object of at most 1 MB is kept. With `If-Match` only when the draft is still the one that was read; of two ' +
      'at once one is refused with 412. Where there is no workflow of the name it is made, with the status `draft`; with ' +
      '`If-None-Match: *` only then.',
    params: schemas.params,
    headers: shapes.saveHeaders,
    body: schemas.document,
    needsBody: true,
    replies: { 200: shapes.draft, 201: shapes.draft },
    replyHeaders: ['etag', 'location'],
    async handle({ params, headers, body, caller: { tenantId, principalId } }) {
      const saved = await drafts.save({
        ...{ tenantId, name: params.id, document: body, by: principalId },
        ifMatch: headers['if-match'],
        isNew: headers['if-none-match'] !== undefined,
      });
      const location = { location: `/api/v1/workflows/${saved.slug}/draft` };
      return reply(saved.created ? 201 : 200, draftView(saved), {
        etag: draftEtag(saved),
        ...(saved.created && location),
      });
    },
  });
}

function historyRoutes(drafts: Drafts): readonly Route[] {
  return [
    route({
      ...readers,
      method: 'GET',
      path: '/workflows/:id/draft/history',
      summary: 'List what was saved as a draft, newest first',
      description: 'The last 200 revisions are kept.',
      params: schemas.params,
      query: Type.Object(pageQuery),
      replies: { 200: pageOf(shapes.revision) },
      async handle({ params, query, caller }) {
        const limit = query.limit ?? defaultLimit;
        const before = byRevision.decode(query.cursor) ?? null;
        const rows = await drafts.history(caller.tenantId, params.id, { before, limit: limit + 1 });
        return reply(
          200,
          pageFrom(rows, limit, { view: revisionView, cursorOf: (last) => byRevision.encode(last.revision) }),
        );
      },
    }),
    route({
      ...readers,
      method: 'GET',
      path: '/workflows/:id/draft/history/:revision',
      summary: 'Get one revision of a draft; saving its definition restores it',
      params: shapes.revisionParams,
      replies: { 200: shapes.revisionDetail },
      replyHeaders: ['etag'],
      async handle({ params, caller }) {
        const row = await drafts.revision(caller.tenantId, params.id, Number(params.revision));
        return rawJson(200, withDefinition(revisionView(row), row.definition), { etag: draftEtag(row) });
      },
    }),
  ];
}
