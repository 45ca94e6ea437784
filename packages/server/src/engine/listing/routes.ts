/** Doors for finding executions: all of the tenant, those of a workflow, those that one started, and how many there are. */
import Type, { type Static } from 'typebox';
import { problem } from '../../kernel/errors/problem.ts';
import { createCursor, defaultLimit, pageOf, pageQuery } from '../../kernel/http/list.ts';
import { reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { WorkflowSource } from '../../workflow/index.ts';
import { executionRow } from '../execution-view.ts';
import { aDayBefore } from '../id-range.ts';
import type { Reading } from '../reading.ts';
import * as schemas from '../route-schemas.ts';
import type { ExecutionFilter } from '../store/execution-filter.ts';
import { filterFields, readFilter } from './filter.ts';

const byId = createCursor('executions', Type.String({ format: 'uuid' }));
const listQuery = Type.Object({
  ...pageQuery,
  count: Type.Optional(
    Type.Boolean({ description: 'Also say how many the filters find on all pages, counted up to 10,000.' }),
  ),
  ...filterFields,
});
const counted = { count: Type.Integer(), capped: Type.Boolean({ description: 'There are more than `count`.' }) };
const listSchema = Type.Object({
  ...pageOf(schemas.executionRowSchema).properties,
  count: Type.Optional(counted.count),
  capped: Type.Optional(counted.capped),
});
const statsSchema = Type.Object({ by_status: Type.Record(Type.String(), Type.Object(counted)) });
const common = { method: 'GET', auth: { permission: 'execution:read' }, tags: ['executions'] } as const;
const replies = { 200: listSchema };

export function listRoutes(workflows: WorkflowSource, reading: Reading): readonly Route[] {
  const idsOf = async (tenantId: string, workflow: string | undefined): Promise<ExecutionFilter> =>
    workflow === undefined ? {} : { workflowIds: await workflows.idsOf(tenantId, workflow) };
  return [
    route({
      ...common,
      path: '/executions',
      summary: 'List executions, newest first',
      description:
        'A `workflow_id` that is a name stands for all workflows that bear or bore it, deleted ones included; a UUID for ' +
        'one workflow.',
      query: listQuery,
      replies,
      handle: async ({ query, caller: { tenantId } }) =>
        page(reading, tenantId, query, await idsOf(tenantId, query.workflow_id)),
    }),
    route({
      ...common,
      path: '/executions/stats',
      summary: 'Count executions by status',
      description: 'Of those that the filters find, each status counted up to 10,000.',
      query: Type.Object(filterFields),
      replies: { 200: statsSchema },
      async handle({ query, caller: { tenantId } }) {
        const { statuses = schemas.statuses, ...filter } = {
          ...readFilter(query),
          ...(await idsOf(tenantId, query.workflow_id)),
        };
        const asked = schemas.statuses.filter((status) => statuses.includes(status));
        const counts = await reading.countByStatus(tenantId, filter, asked);
        return reply(200, { by_status: Object.fromEntries(asked.map((status, place) => [status, counts[place]])) });
      },
    }),
    route({
      ...common,
      path: '/workflows/:id/history',
      summary: 'List the executions of a workflow, newest first',
      description:
        'By its name those of all workflows that bear or bore it, deleted ones included; by a UUID those of one.',
      params: schemas.workflowParams,
      query: Type.Omit(listQuery, ['workflow_id']),
      replies,
      async handle({ params, query, caller: { tenantId } }) {
        const workflowIds = await workflows.idsOf(tenantId, params.id);
        if (workflowIds.length === 0) throw problem('not_found', { detail: `There is no workflow ${params.id}.` });
        return page(reading, tenantId, query, { workflowIds });
      },
    }),
    childrenRoute(reading),
  ];
}

function childrenRoute(reading: Reading): Route {
  return route({
    ...common,
    path: '/executions/:id/children',
    summary: 'List the executions that an execution started, newest first',
    description: 'Those of its own steps; each lists its own. `parent` and `root` of an execution lead the other way.',
    params: schemas.executionParams,
    query: Type.Omit(listQuery, ['workflow_id', 'parent']),
    replies,
    async handle({ params: { id }, query, caller: { tenantId } }) {
      const parent = await reading.head(tenantId, id);
      return page(reading, tenantId, query, { parentId: parent.id });
    },
  });
}

type ListQuery = Omit<Static<typeof listQuery>, 'workflow_id'>;

async function page(reading: Reading, tenantId: string, query: ListQuery, more: ExecutionFilter) {
  const { limit = defaultLimit, cursor, count, ...words } = query;
  const filter = withMonths({ ...readFilter(words), ...more });
  const position = byId.decode(cursor);
  // Both are upper bounds of the id: the lower of the two holds.
  const isLower = position !== undefined && (filter.before === undefined || position < filter.before);
  const [rows, all] = await Promise.all([
    // One more than are shown: it says that there is a next page.
    reading.list(tenantId, isLower ? { ...filter, before: position } : filter, limit + 1),
    count === true ? reading.count(tenantId, filter) : {},
  ]);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const data = rows.slice(0, limit).map(executionRow);
  return reply(200, { data, next_cursor: last ? byId.encode(last.id) : null, ...all });
}

/** What came of an execution is not older than it: without its months every month there is would be looked into. */
function withMonths(filter: ExecutionFilter): ExecutionFilter {
  const origin = filter.parentId ?? filter.retryOf;
  return origin === undefined || filter.from !== undefined ? filter : { ...filter, from: aDayBefore(origin) };
}
