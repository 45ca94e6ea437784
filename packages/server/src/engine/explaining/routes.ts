/** The door to explanations: why an execution does not move. */
import { waitReasons } from '@cloudflow/core/run/wait-reason.ts';
import Type from 'typebox';
import { reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Reading } from '../reading.ts';
import * as schemas from '../route-schemas.ts';
import { explainView } from './explain-view.ts';

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const time = nullable(Type.String({ format: 'date-time' }));

const explained = Type.Object({
  execution_id: Type.String(),
  status: Type.Union(schemas.statuses.map((status) => Type.Literal(status))),
  phase: nullable(Type.String()),
  wait_reason: nullable(Type.Union(waitReasons.map((reason) => Type.Literal(reason)))),
  summary: Type.String({ description: 'What it is doing, why it does not move, or why it ended: for people.' }),
  waits: Type.Array(
    Type.Object({
      reason: Type.Union(waitReasons.map((reason) => Type.Literal(reason))),
      path: nullable(Type.String({ description: 'The step that waits; null: the execution as a whole.' })),
      since: time,
      until: time,
      text: Type.String(),
      unblocked_by: Type.String({ description: 'What would end this wait.' }),
      details: Type.Object(
        {},
        { additionalProperties: true, description: 'What this reason has beside, such as the names of signals.' },
      ),
    }),
  ),
  executing: Type.Array(
    Type.Object({
      path: Type.String(),
      attempt: Type.Integer(),
      since: time,
      until: Type.Union(time.anyOf, { description: 'When the time of this try is over.' }),
      text: Type.String(),
    }),
  ),
  held: Type.Array(
    Type.Object({
      path: Type.String(),
      since: time,
      text: Type.String(),
      unblocked_by: Type.String(),
      when: Type.String({ description: 'The condition of its milestone.' }),
    }),
    { description: 'Steps that wait for their milestone, while something else moves.' },
  ),
  error: Type.Unknown({ description: 'Why it ended; null before, and when it succeeded.' }),
  finished_at: time,
  as_of_seq: Type.Integer({ description: 'The last journal row that this rests on.' }),
});

export function explainRoute(reading: Reading): Route {
  return route({
    method: 'GET',
    path: '/executions/:id/explain',
    auth: { permission: 'execution:read' },
    tags: ['executions'],
    summary: 'Explain why an execution does not move, or why it ended',
    description:
      'In words and as data: what it waits for, since when, until when, and what would unblock it; which tries are under ' +
      'way. An execution that it waits for is explained beside it, one level deep. It is worked out from the committed journal; whoever drives the execution is not disturbed.',
    params: schemas.executionParams,
    replies: { 200: explained },
    async handle({ params, caller }) {
      const { of, children } = await reading.explain(caller.tenantId, params.id);
      return reply(200, explainView(of, children));
    },
  });
}
