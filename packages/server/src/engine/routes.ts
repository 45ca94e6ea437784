/** HTTP doors of the engine: starting executions, looking at them, telling them to end, to hold, to go on, sending them signals. */
import { parseDuration, parseTimestamp } from '@cloudflow/core/definition/duration.ts';
import type { ExecutionStatus } from '@cloudflow/core/run/event.ts';
import Type, { type Static } from 'typebox';
import type { Clock } from '../kernel/clock/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import { createCursor, defaultLimit, pageOf, pageQuery } from '../kernel/http/list.ts';
import { escapePointer } from '../kernel/http/read-json.ts';
import { rawJson, reply } from '../kernel/http/reply.ts';
import { type Route, route } from '../kernel/http/route.ts';
import type { WorkflowSource } from '../workflow/index.ts';
import type { CommandKind, Engine } from './engine.ts';
import { executionLinks, executionRow, executionText } from './execution-view.ts';
import { explainRoute } from './explaining/routes.ts';
import { eventsRoute } from './following/routes.ts';
import type { StreamSlots } from './following/stream-slots.ts';
import { aDayBefore, firstIdAt } from './id-range.ts';
import { pauseRoutes } from './pausing/routes.ts';
import type { Reading } from './reading.ts';
import { createRetries } from './retry-execution.ts';
import * as schemas from './route-schemas.ts';
import { batchRoute } from './routes/batch.ts';
import { interventionRoutes } from './routes/interventions.ts';
import { retryRoute } from './routes/retry.ts';
import { createStartBatch } from './start-batch.ts';
import { createStartExecution, type StartBody, type StartExecution } from './start-execution.ts';
import { stepTexts } from './step-view.ts';
import { mustBeStorable, type NamedText } from './storable-text.ts';
import type { StoredHead } from './store/read.ts';

export type EngineRouteDeps = {
  readonly engine: Engine;
  readonly workflows: WorkflowSource;
  readonly reading: Reading;
  readonly streams: StreamSlots;
  readonly database: Database;
  readonly clock: Clock;
};

const tags = ['executions'];
const longestWaitMs = 45_000;
const byId = createCursor('executions', Type.String({ format: 'uuid' }));
const byPath = createCursor('steps', Type.String());

export function engineRoutes({
  engine,
  workflows,
  reading,
  streams,
  database,
  clock,
}: EngineRouteDeps): readonly Route[] {
  return [
    executeRoute(createStartExecution({ engine, workflows, reading })),
    batchRoute(createStartBatch({ engine, workflows })),
    ...listRoutes(workflows, reading),
    ...detailRoutes(reading),
    explainRoute(reading),
    retryRoute(createRetries({ engine, workflows, reading, database, clock })),
    ...interventionRoutes({ engine, reading }),
    eventsRoute({ reading, streams, watch: engine.watch }),
    childrenRoute(reading),
    ...commands.map((command) => commandRoute(engine, command)),
    ...pauseRoutes(engine, workflows),
    signalRoute(engine),
  ];
}

function executeRoute(start: StartExecution): Route {
  return route({
    method: 'POST',
    path: '/workflows/:id/execute',
    auth: { permission: 'workflow:execute' },
    tags,
    summary: 'Start an execution',
    description:
      'With `?wait` the answer is the finished execution (200, whatever its status), or 202 when it has not ended in time. ' +
      'Who stops waiting does not cancel. With `Idempotency-Key` a repeat answers for the same execution.',
    params: schemas.workflowParams,
    query: schemas.startQuery,
    headers: schemas.startHeaders,
    body: schemas.startBody,
    replies: { 200: schemas.executionSchema, 202: schemas.startedSchema },
    replyHeaders: ['location', 'idempotent-replayed'],
    async handle({ params, query, headers, body, caller, correlationId, signal }) {
      const waitMs = readWait(query.wait);
      mustBeStorable(textsOf(body));
      const begun = await start(
        { tenantId: caller.tenantId, workflow: params.id, body, key: headers['idempotency-key'], correlationId },
        waitMs === undefined ? {} : { waitMs, signal },
      );
      const links = executionLinks(begun.executionId);
      const answered = {
        location: links.self,
        ...(begun.kind === 'replayed' && { 'idempotent-replayed': 'true' }),
      };
      return begun.finished && waitMs !== undefined
        ? rawJson(200, executionText(begun.finished), answered)
        : reply(202, { execution_id: begun.executionId, status: begun.status, links }, answered);
    },
  });
}

function listRoutes(workflows: WorkflowSource, reading: Reading): readonly Route[] {
  const page = async (tenantId: string, query: Static<typeof schemas.listQuery>, workflowIds?: readonly string[]) => {
    const limit = query.limit ?? defaultLimit;
    const rows = await reading.list(tenantId, {
      ...(workflowIds && { workflowIds }),
      ...readFilter(query),
      limit: limit + 1,
    });
    return reply(200, pageOfRows(rows, limit));
  };
  return [
    route({
      method: 'GET',
      path: '/executions',
      auth: { permission: 'execution:read' },
      tags,
      summary: 'List executions, newest first',
      description:
        'A `workflow_id` that is a name stands for all workflows that bear or bore it, deleted ones included; a UUID for ' +
        'one workflow.',
      query: schemas.listQuery,
      replies: { 200: pageOf(schemas.executionRowSchema) },
      async handle({ query, caller: { tenantId } }) {
        if (query.workflow_id === undefined) return page(tenantId, query);
        return page(tenantId, query, await workflows.idsOf(tenantId, query.workflow_id));
      },
    }),
    route({
      method: 'GET',
      path: '/workflows/:id/history',
      auth: { permission: 'execution:read' },
      tags,
      summary: 'List the executions of a workflow, newest first',
      description:
        'By its name those of all workflows that bear or bore it, deleted ones included; by a UUID those of one.',
      params: schemas.workflowParams,
      query: Type.Omit(schemas.listQuery, ['workflow_id']),
      replies: { 200: pageOf(schemas.executionRowSchema) },
      async handle({ params, query, caller: { tenantId } }) {
        const workflowIds = await workflows.idsOf(tenantId, params.id);
        if (workflowIds.length === 0) throw problem('not_found', { detail: `There is no workflow ${params.id}.` });
        return page(tenantId, query, workflowIds);
      },
    }),
  ];
}

/** `rows` may be one more than are shown, which says that there is a next page. */
function pageOfRows(rows: readonly StoredHead[], limit: number) {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { data: rows.slice(0, limit).map(executionRow), next_cursor: last ? byId.encode(last.id) : null };
}

function childrenRoute(reading: Reading): Route {
  return route({
    method: 'GET',
    path: '/executions/:id/children',
    auth: { permission: 'execution:read' },
    tags,
    summary: 'List the executions that an execution started, newest first',
    description: 'Those of its own steps; each lists its own. `parent` and `root` of an execution lead the other way.',
    params: schemas.executionParams,
    query: Type.Omit(schemas.listQuery, ['workflow_id']),
    replies: { 200: pageOf(schemas.executionRowSchema) },
    async handle({ params: { id }, query, caller: { tenantId } }) {
      const { limit = defaultLimit } = query;
      const parent = await reading.head(tenantId, id);
      // Without its months every month there is would be looked into.
      const range = { from: aDayBefore(parent.id), ...readFilter(query) };
      const rows = await reading.list(tenantId, { parentId: parent.id, ...range, limit: limit + 1 });
      return reply(200, pageOfRows(rows, limit));
    },
  });
}

function detailRoutes(reading: Reading): readonly Route[] {
  const common = {
    method: 'GET',
    auth: { permission: 'execution:read' },
    tags,
    params: schemas.executionParams,
  } as const;
  return [
    route({
      ...common,
      path: '/executions/:id',
      summary: 'Get an execution',
      query: schemas.includeQuery,
      replies: { 200: schemas.executionSchema },
      async handle({ params, query, caller: { tenantId } }) {
        const head = await reading.head(tenantId, params.id);
        const variables = query.include === 'variables' ? await reading.variables(tenantId, head) : undefined;
        return rawJson(200, executionText(head, variables));
      },
    }),
    route({
      ...common,
      path: '/executions/:id/steps',
      summary: 'List the steps of an execution: one row for each run of a step, in the order of the definition',
      query: Type.Object(pageQuery),
      replies: { 200: pageOf(schemas.stepSchema) },
      async handle({ params, query, caller, signal }) {
        const after = byPath.decode(query.cursor);
        const { rows, context } = await reading.steps(caller.tenantId, params.id);
        // A path is found again wherever its row stands by now: rows of inner blocks appear between others.
        const from = after === undefined ? 0 : rows.findIndex((row) => row.path === after) + 1;
        if (after !== undefined && from === 0) throw problem('invalid_cursor');
        const asked = rows.slice(from, from + (query.limit ?? defaultLimit));
        const shown = await stepTexts(asked, context, signal);
        const last = from + shown.length < rows.length ? asked[shown.length - 1] : undefined;
        const cursor = JSON.stringify(last ? byPath.encode(last.path) : null);
        return rawJson(200, `{"data":[${shown.join(',')}],"next_cursor":${cursor}}`);
      },
    }),
  ];
}

type CommandDoor = { readonly kind: CommandKind; readonly summary: string; readonly description?: string };

const commands: readonly CommandDoor[] = [
  { kind: 'cancel', summary: 'Ask a running execution to end as CANCELLED' },
  {
    kind: 'pause',
    summary: 'Hold an execution: nothing of it begins until it is resumed',
    description: 'Attempts that run may end and are recorded; timers are kept; the timeout of the execution goes on.',
  },
  { kind: 'resume', summary: 'Let a paused execution go on' },
];

function commandRoute(engine: Engine, { kind, summary, description }: CommandDoor): Route {
  return route({
    method: 'POST',
    path: `/executions/:id/${kind}`,
    auth: { permission: `execution:${kind}` },
    tags,
    summary,
    ...(description === undefined ? {} : { description }),
    params: schemas.executionParams,
    body: schemas.commandBody,
    replies: { 202: schemas.commandedSchema },
    async handle({ params: { id }, body, caller }) {
      mustBeStorable([['/reason', body.reason]]);
      const why = { ...(body.reason !== undefined && { reason: body.reason }), by: caller.principalId };
      switch (await engine.command(caller.tenantId, id, kind, why)) {
        case 'accepted':
          return reply(202, { execution_id: id, links: executionLinks(id) });
        case 'ending':
          throw problem('execution_ended', {
            detail: `Execution ${id} is ending already: it failed or was cancelled.`,
          });
        case 'ended':
          throw problem('execution_ended', { detail: `Execution ${id} has ended.` });
        case 'not_found':
          throw problem('not_found', { detail: `There is no execution ${id}.` });
      }
    },
  });
}

function signalRoute(engine: Engine): Route {
  return route({
    method: 'POST',
    path: '/executions/:id/signals/:name',
    auth: { permission: 'execution:signal' },
    tags,
    summary: 'Send a signal to an execution',
    description:
      'The answer comes when the signal is durable. The step that has waited longest for this name takes it; when none waits, ' +
      'it is kept, in order, until one does: at most 1,000 for one execution, then 429. What is sent twice is two signals: ' +
      'there is no `Idempotency-Key` here; a step that must not take a repeat names what it waits for in `match`.',
    params: schemas.signalParams,
    body: schemas.signalBody,
    replies: { 202: schemas.commandedSchema },
    async handle({ params: { id, name }, body: { payload = null }, caller }) {
      switch (await engine.signal(caller.tenantId, id, { name, payload })) {
        case 'accepted':
          return reply(202, { execution_id: id, links: executionLinks(id) });
        case 'full':
          throw problem('too_many_signals', {
            detail: `Execution ${id} keeps as many signals as it may, and no step has taken them yet.`,
            retryAfter: 1,
          });
        case 'ended':
          throw problem('execution_ended', { detail: `Execution ${id} has ended.` });
        case 'not_found':
          throw problem('not_found', { detail: `There is no execution ${id}.` });
      }
    },
  });
}

function readWait(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms <= longestWaitMs) return ms;
  throw invalidParameter('wait', 'Expected a duration of at most 45s, such as 10s or 500ms.');
}

/** The texts of a start that become columns of their own, with their pointers; the names of labels are texts as well. */
function textsOf({ labels, business_key }: StartBody): readonly NamedText[] {
  const named = Object.entries(labels ?? {}).flatMap(([name, value]) => {
    const pointer = `/labels/${escapePointer(name)}`;
    return [[pointer, name] as const, [pointer, value] as const];
  });
  return [['/business_key', business_key], ...named];
}

function readFilter({
  status,
  started_after,
  started_before,
  cursor,
}: Omit<Static<typeof schemas.listQuery>, 'workflow_id'>) {
  const statuses = status === undefined ? undefined : readStatuses(status);
  const from = started_after === undefined ? undefined : firstIdAt(readTime('started_after', started_after));
  const until = started_before === undefined ? undefined : firstIdAt(readTime('started_before', started_before));
  const position = byId.decode(cursor);
  // Both are upper bounds of the id: the lower of the two holds.
  const before = position !== undefined && (until === undefined || position < until) ? position : until;
  return {
    ...(statuses && { statuses }),
    ...(from !== undefined && { from }),
    ...(before !== undefined && { before }),
  };
}

function readStatuses(text: string): readonly ExecutionStatus[] {
  return text.split(',').map((word) => {
    const status = schemas.statuses.find((each) => each === word);
    if (status === undefined) throw invalidParameter('status', `Expected some of ${schemas.statuses.join(', ')}.`);
    return status;
  });
}

function readTime(name: string, text: string): number {
  const at = parseTimestamp(text);
  if (at === undefined) throw invalidParameter(name, 'Expected a time as in RFC 3339, such as 2026-01-31T08:00:00Z.');
  return at;
}

function invalidParameter(name: string, message: string) {
  return problem('invalid_parameter', {
    detail: `${name}: ${message}`,
    errors: [{ pointer: `/query/${name}`, code: 'wrong_format', message }],
  });
}
