/** HTTP doors of the engine: starting executions, looking at them, telling them to end, to hold, to go on, sending them signals. */
import { parseDuration } from '@cloudflow/core/definition/duration.ts';
import Type from 'typebox';
import type { Clock } from '../kernel/clock/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import { callerName } from '../kernel/http/caller.ts';
import { createCursor, defaultLimit, pageOf, pageQuery } from '../kernel/http/list.ts';
import { rawJson, reply } from '../kernel/http/reply.ts';
import { type Route, route } from '../kernel/http/route.ts';
import type { WorkflowSource } from '../workflow/index.ts';
import type { CommandKind, Engine } from './engine.ts';
import { createEvaluate } from './evaluating/evaluate.ts';
import { evaluateRoute } from './evaluating/routes.ts';
import { executionLinks, executionText } from './execution-view.ts';
import { explainRoute } from './explaining/routes.ts';
import { eventsRoute } from './following/routes.ts';
import type { StreamSlots } from './following/stream-slots.ts';
import { listRoutes } from './listing/routes.ts';
import { pauseRoutes } from './pausing/routes.ts';
import type { Reading } from './reading.ts';
import { createRetries } from './retry-execution.ts';
import * as schemas from './route-schemas.ts';
import { batchRoute } from './routes/batch.ts';
import { interventionRoutes } from './routes/interventions.ts';
import { labelRoute } from './routes/labels.ts';
import { retryRoute } from './routes/retry.ts';
import { createStartBatch } from './start-batch.ts';
import { createStartExecution, type StartExecution } from './start-execution.ts';
import { stepTexts } from './step-view.ts';
import { mustBeStorable, textsOfStart } from './storable-text.ts';

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
    labelRoute(database, reading),
    ...detailRoutes(reading),
    explainRoute(reading),
    evaluateRoute(createEvaluate({ reading, clock })),
    retryRoute(createRetries({ engine, workflows, reading, database, clock })),
    ...interventionRoutes({ engine, reading }),
    eventsRoute({ reading, streams, watch: engine.watch }),
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
      mustBeStorable(textsOfStart(body));
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
      const why = { ...(body.reason !== undefined && { reason: body.reason }), by: callerName(caller) };
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

function invalidParameter(name: string, message: string) {
  return problem('invalid_parameter', {
    detail: `${name}: ${message}`,
    errors: [{ pointer: `/query/${name}`, code: 'wrong_format', message }],
  });
}
