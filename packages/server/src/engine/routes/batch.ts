/** The door for many starts at once. */
import Type from 'typebox';
import { reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import * as schemas from '../route-schemas.ts';
import type { StartBatch } from '../start-batch.ts';
import { mustBeStorable, textsOfStart } from '../storable-text.ts';

const mostItems = 1_000;
/** A thousand inputs of 8 KB; a single one is bound by `CLOUDFLOW_MAX_BODY` as everywhere. */
const bodyLimit = 8 * 1024 ** 2;

const { input, labels, priority, business_key } = schemas.startBody.properties;
const idempotency_key = Type.Optional(
  Type.String({
    pattern: '^[!-~]{1,255}$',
    'x-expected': '1 to 255 visible ASCII characters',
    description: 'Names this start, as the header `Idempotency-Key` of `execute` does.',
  }),
);
const item = Type.Object({ input, idempotency_key, labels, priority, business_key }, { additionalProperties: false });

export function batchRoute(start: StartBatch): Route {
  return route({
    method: 'POST',
    path: '/workflows/:id/execute/batch',
    auth: { permission: 'workflow:execute' },
    tags: ['executions'],
    summary: 'Start many executions, all or none',
    description:
      'Up to 1,000 in one transaction; the ids come in the order of the items. An item whose key has started an execution ' +
      'already answers with that one. The header `Idempotency-Key` names the whole batch.',
    params: schemas.workflowParams,
    headers: schemas.startHeaders,
    body: Type.Object(
      {
        items: Type.Array(item, { minItems: 1, maxItems: mostItems }),
        version: schemas.startBody.properties.version,
      },
      { additionalProperties: false },
    ),
    bodyLimit,
    replies: { 202: Type.Object({ execution_ids: Type.Array(Type.String()) }) },
    replyHeaders: ['idempotent-replayed'],
    async handle({ params, headers, body: { items, version }, caller, correlationId }) {
      mustBeStorable(items.flatMap((item, index) => textsOfStart(item, `/items/${index}`)));
      const { ids, replayed } = await start({
        tenantId: caller.tenantId,
        workflow: params.id,
        version,
        items,
        key: headers['idempotency-key'],
        correlationId,
      });
      return reply(202, { execution_ids: ids }, replayed ? { 'idempotent-replayed': 'true' } : {});
    },
  });
}
