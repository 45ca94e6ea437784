/** Doors for one action on many executions, and for looking at it while it is done. */
import { permits } from '@cloudflow/core/policy/permission.ts';
import Type from 'typebox';
import type { Database } from '../../kernel/db/database.ts';
import { problem } from '../../kernel/errors/problem.ts';
import { callerName } from '../../kernel/http/caller.ts';
import { idempotencyHeaders } from '../../kernel/http/idempotency.ts';
import { reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { filterSchema } from '../listing/filter.ts';
import * as schemas from '../route-schemas.ts';
import { mustBeStorable } from '../storable-text.ts';
import { cancelOperation, readOperation } from '../store/operations.ts';
import type { MakeOperation } from './make-operation.ts';
import { bulkActions, type Operation } from './operation.ts';

export type OperationRouteDeps = {
  readonly database: Database;
  readonly makeOperation: MakeOperation;
  /** An operation was made. */
  readonly hint: () => void;
};

const tags = ['executions'];
const filter = Type.Object(filterSchema.properties, {
  additionalProperties: false,
  minProperties: 1,
  description: 'The parameters of `GET /executions`; at least one.',
});
const body = Type.Object(
  {
    action: Type.Union([Type.Literal('cancel'), Type.Literal('pause'), Type.Literal('resume'), Type.Literal('retry')]),
    filter,
    reason: Type.Optional(
      Type.String({ maxLength: 1_000, description: 'For the journals, of what is cancelled, paused or resumed.' }),
    ),
    from: Type.Optional(
      Type.Union([Type.Literal('failed'), Type.Literal('start')], { description: 'Of a retry; `failed` when absent.' }),
    ),
    version: Type.Optional(
      Type.Union([Type.Literal('same'), Type.Literal('latest')], { description: 'Of a retry; `same` when absent.' }),
    ),
  },
  { additionalProperties: false },
);
const links = Type.Object({ self: Type.String(), cancel: Type.String() });
const made = Type.Object({ id: Type.String(), links });
const time = Type.String({ format: 'date-time' });
const operationSchema = Type.Object({
  id: Type.String(),
  action: schemas.words(...bulkActions),
  filter: Type.Record(Type.String(), Type.String()),
  status: schemas.words('RUNNING', 'COMPLETED', 'CANCELLED'),
  matched: Type.Integer({
    description:
      'While it runs: how many there were at the first look, counted up to 10,000, or more when more are found. Then: `done` and `failed` together.',
  }),
  done: Type.Integer({ description: 'Told, or retried.' }),
  failed: Type.Integer(),
  errors: Type.Array(Type.Object({ execution_id: Type.String(), code: Type.String() }), {
    description: 'The first 20 that failed.',
  }),
  created_by: Type.String(),
  created_at: time,
  finished_at: Type.Union([time, Type.Null()]),
  links,
});
const params = schemas.executionParams;

export function operationRoutes(deps: OperationRouteDeps): readonly Route[] {
  return [bulkRoute(deps), ...lookRoutes(deps)];
}

function bulkRoute({ makeOperation, hint }: OperationRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/executions/bulk',
    auth: { permission: 'execution:bulk' },
    tags,
    summary: 'Cancel, pause, resume or retry all executions that a filter finds',
    description:
      'The answer comes when the operation is durable; it is done page by page, oldest first, and goes on after a crash. ' +
      'Executions that are started later are not touched. Those to which the action cannot apply are passed over: only what has ' +
      'not ended is cancelled, paused or resumed, only what is FAILED or CANCELLED is retried. Needs the permission of the ' +
      'action, too, such as `execution:cancel`.',
    headers: idempotencyHeaders('Names this operation: a repeat answers for the same one.'),
    body,
    replies: { 202: made },
    replyHeaders: ['location', 'idempotent-replayed'],
    async handle({ headers, body: request, caller, correlationId }) {
      const permission = `execution:${request.action}`;
      if (!permits(caller.permissions, permission))
        throw problem('forbidden', { detail: `This needs the permission ${permission}.` });
      mustBeStorable([['/reason', request.reason]]);
      const { id, replayed } = await makeOperation({
        tenantId: caller.tenantId,
        by: callerName(caller),
        request,
        key: headers['idempotency-key'],
        correlationId,
      });
      hint();
      const at = linksOf(id);
      return reply(202, { id, links: at }, { location: at.self, ...(replayed && { 'idempotent-replayed': 'true' }) });
    },
  });
}

function lookRoutes({ database }: OperationRouteDeps): readonly Route[] {
  const find = async (tenantId: string, id: string): Promise<Operation> => {
    const found = await readOperation(database, tenantId, id);
    if (found === undefined) throw problem('not_found', { detail: `There is no operation ${id}.` });
    return found;
  };
  return [
    route({
      method: 'GET',
      path: '/operations/:id',
      auth: { permission: 'execution:read' },
      tags,
      summary: 'See how far an operation is',
      description: 'For 30 days after its end.',
      params,
      replies: { 200: operationSchema },
      handle: async ({ params: { id }, caller }) => reply(200, viewOf(await find(caller.tenantId, id))),
    }),
    route({
      method: 'POST',
      path: '/operations/:id/cancel',
      auth: { permission: 'execution:bulk' },
      tags,
      summary: 'End an operation before it has come to all executions',
      description: 'What it has done stays done; of retries, those that are being started are started.',
      params,
      replies: { 200: operationSchema },
      async handle({ params: { id }, caller: { tenantId } }) {
        const cancelled = await cancelOperation(database, tenantId, id);
        const operation = await find(tenantId, id);
        if (!cancelled && operation.status === 'COMPLETED')
          throw problem('conflict', { detail: `Operation ${id} is COMPLETED.` });
        return reply(200, viewOf(operation));
      },
    }),
  ];
}

function linksOf(id: string) {
  const self = `/api/v1/operations/${id}`;
  return { self, cancel: `${self}/cancel` };
}

function viewOf(operation: Operation) {
  const { id, request, status, matched, done, failed, errors, createdBy, createdAt, finishedAt } = operation;
  return {
    id,
    action: request.action,
    filter: request.filter,
    status,
    matched,
    done,
    failed,
    errors,
    created_by: createdBy,
    created_at: createdAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    links: linksOf(id),
  };
}
