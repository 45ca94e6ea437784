/** Doors for pausing a workflow, or everything of the caller's tenant, as one. */
import Type from 'typebox';
import { problem } from '../../kernel/errors/problem.ts';
import { callerName } from '../../kernel/http/caller.ts';
import { reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { WorkflowSource } from '../../workflow/index.ts';
import type { Engine } from '../engine.ts';
import * as schemas from '../route-schemas.ts';
import { mustBeStorable } from '../storable-text.ts';
import type { PauseRow } from '../store/pauses.ts';

const pauseSchema = Type.Object({
  scope: Type.Union([Type.Literal('workflow'), Type.Literal('tenant')]),
  workflow_id: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]),
  since: Type.String({ format: 'date-time' }),
  by: Type.String(),
  reason: Type.Union([Type.String(), Type.Null()]),
});
const pausesSchema = Type.Object({ data: Type.Array(pauseSchema) });
const tags = ['executions'];
const held =
  'Nothing of its executions begins any more; attempts that run may end, and are recorded. New starts are accepted and ' +
  'stay `PENDING` with `wait_reason` `paused`. In force within a quarter of a second of the answer, in every process. ';
const goesOn = 'What waits goes on; an execution that was paused by itself, or by the other of the two, stays paused.';

export function pauseRoutes(engine: Engine, workflows: WorkflowSource): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/pauses',
      auth: { permission: 'execution:read' },
      tags,
      summary: 'List what is paused as one: workflows, or the whole tenant',
      replies: { 200: pausesSchema },
      handle: async ({ caller }) => reply(200, viewOf(await engine.pauses(caller.tenantId))),
    }),
    ...(['pause', 'resume'] as const).flatMap((kind) => [
      workflowRoute(engine, workflows, kind),
      tenantRoute(engine, kind),
    ]),
  ];
}

function workflowRoute(engine: Engine, workflows: WorkflowSource, kind: 'pause' | 'resume'): Route {
  return route({
    method: 'POST',
    path: `/workflows/:id/${kind}`,
    auth: { permission: `workflow:${kind}` },
    tags,
    summary: kind === 'pause' ? 'Pause a workflow with all its executions' : 'Let a paused workflow go on',
    description: kind === 'pause' ? `${held}Who pauses what is paused changes nothing.` : goesOn,
    params: schemas.workflowParams,
    body: schemas.commandBody,
    replies: { 200: pausesSchema },
    async handle({ params: { id }, body: { reason }, caller }) {
      mustBeStorable([['/reason', reason]]);
      const ids = await workflows.idsOf(caller.tenantId, id);
      if (ids.length === 0) throw problem('not_found', { detail: `There is no workflow ${id}.` });
      const these = ids.map((workflowId) => ({ tenantId: caller.tenantId, workflowId }));
      await engine.setPaused(kind === 'pause', these, { by: callerName(caller), reason: reason ?? null });
      const all = await engine.pauses(caller.tenantId);
      return reply(200, viewOf(all.filter(({ workflowId }) => workflowId !== null && ids.includes(workflowId))));
    },
  });
}

function tenantRoute(engine: Engine, kind: 'pause' | 'resume'): Route {
  return route({
    method: 'POST',
    path: `/tenant/${kind}`,
    auth: { permission: `tenant:${kind}` },
    tags,
    summary: kind === 'pause' ? 'Pause all executions of the tenant' : 'Let the executions of the tenant go on',
    description: kind === 'pause' ? held : goesOn,
    body: schemas.commandBody,
    replies: { 200: pausesSchema },
    async handle({ body: { reason }, caller }) {
      mustBeStorable([['/reason', reason]]);
      const these = [{ tenantId: caller.tenantId, workflowId: null }];
      await engine.setPaused(kind === 'pause', these, { by: callerName(caller), reason: reason ?? null });
      const all = await engine.pauses(caller.tenantId);
      return reply(200, viewOf(all.filter(({ workflowId }) => workflowId === null)));
    },
  });
}

function viewOf(pauses: readonly PauseRow[]) {
  const data = pauses.map(({ workflowId, createdAt, createdBy, reason }) => ({
    scope: workflowId === null ? 'tenant' : 'workflow',
    workflow_id: workflowId,
    since: createdAt.toISOString(),
    by: createdBy,
    reason,
  }));
  return { data };
}
