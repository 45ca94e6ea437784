/** The door for changing the labels of an execution, whether it runs or has ended. */
import Type from 'typebox';
import type { Database } from '../../kernel/db/database.ts';
import { problem } from '../../kernel/errors/problem.ts';
import { rawJson } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { executionText } from '../execution-view.ts';
import type { Reading } from '../reading.ts';
import * as schemas from '../route-schemas.ts';
import { mustBeStorable, textsOfLabels } from '../storable-text.ts';
import { editLabels, mostLabels } from '../store/edit-labels.ts';

const label = Type.Union([Type.String({ maxLength: 256 }), Type.Null()]);

export function labelRoute(database: Database, reading: Reading): Route {
  return route({
    method: 'PATCH',
    path: '/executions/:id',
    auth: { permission: 'execution:update' },
    tags: ['executions'],
    summary: 'Change the labels of an execution',
    description:
      'What is named is set, null removes it, and what is not named stays (RFC 7396). At most 64 labels. The journal does not ' +
      'change: expressions do not see labels.',
    params: schemas.executionParams,
    body: Type.Object(
      { labels: Type.Record(Type.String(), label, { minProperties: 1, maxProperties: 2 * mostLabels }) },
      { additionalProperties: false },
    ),
    replies: { 200: schemas.executionSchema },
    async handle({ params: { id }, body: { labels }, caller: { tenantId } }) {
      mustBeStorable(textsOfLabels(labels));
      switch (await editLabels(database, { tenantId, executionId: id, patch: labels })) {
        case 'edited':
          return rawJson(200, executionText(await reading.head(tenantId, id)));
        case 'not_found':
          throw problem('not_found', { detail: `There is no execution ${id}.` });
        case 'too_many': {
          const message = `An execution has at most ${mostLabels} labels.`;
          throw problem('invalid_body', {
            detail: message,
            errors: [{ pointer: '/labels', code: 'wrong_length', message }],
          });
        }
      }
    },
  });
}
