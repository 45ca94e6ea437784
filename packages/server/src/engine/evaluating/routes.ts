/** The door to the evaluator. */
import type { JsonObject } from '@cloudflow/core/json.ts';
import Type from 'typebox';
import { problem } from '../../kernel/errors/problem.ts';
import { reply } from '../../kernel/http/reply.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import * as schemas from '../route-schemas.ts';
import type { Evaluate } from './evaluate.ts';

const types = [
  ...['null', 'bool', 'number', 'string', 'bytes', 'list', 'map'],
  ...['timestamp', 'duration', 'type', 'optional'],
] as const;

const body = Type.Object(
  {
    expression: Type.String({
      minLength: 1,
      maxLength: 20_000,
      description: 'One expression; or a text with `${ }` in it, which is filled in.',
      examples: ['input.items.filter(i, i.price > 10).size()', 'Hello ${ input.name }'],
    }),
    context: Type.Optional(
      Type.Unsafe<JsonObject>(
        Type.Object({}, { additionalProperties: true, description: 'The names that it sees, with their values.' }),
      ),
    ),
    execution_id: Type.Optional(
      Type.String({
        pattern: schemas.executionIdPattern,
        'x-expected': 'the id of an execution',
        description: 'In place of `context`: it sees what the execution has, at its end or as far as it is.',
      }),
    ),
  },
  { additionalProperties: false },
);

const evaluated = Type.Object({
  value: Type.Unknown({ description: 'As JSON: timestamps and durations are texts.' }),
  type: Type.Union(types.map((type) => Type.Literal(type))),
});

export function evaluateRoute(evaluate: Evaluate): Route {
  return route({
    method: 'POST',
    path: '/expressions/evaluate',
    auth: { permission: 'execution:read' },
    tags: ['expressions'],
    summary: 'Evaluate an expression, on given values or on those of an execution',
    description:
      'By the evaluator that runs workflows, within its budgets. `secrets.NAME` is `***`, as is what sensitive steps gave. ' +
      'What is wrong is a 422 whose `errors` have the position, and what was probably meant.',
    body,
    replies: { 200: evaluated },
    async handle({ body: { expression, context, execution_id: executionId }, caller: { tenantId } }) {
      if (context !== undefined && executionId !== undefined)
        throw problem('invalid_body', {
          detail: 'It sees `context` or an execution, not both.',
          errors: [{ pointer: '/execution_id', code: 'not_together', message: 'Send this or `context`.' }],
        });
      const sees = executionId === undefined ? { context: context ?? {} } : { executionId };
      return reply(200, await evaluate({ tenantId, expression, sees }));
    },
  });
}
