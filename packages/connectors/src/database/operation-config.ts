/** What a `database_operation` step is configured with, and what it gives. */
import { credentialName } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

const mostRows = 100_000;
export const defaultMaxRows = 1_000;

export const operationConfig = Type.Object(
  {
    credential: credentialName('of the type `postgres`, `mysql` or `database`: where the database is, and who asks.'),
    operation: Type.Optional(
      Type.Enum(['query', 'execute', 'transaction'], {
        default: 'query',
        description:
          '`query` and `execute` run one statement, which stands or falls as a whole; `transaction` runs all of a list, or ' +
          'nothing of it. Default: `query`.',
      }),
    ),
    sql: Type.Union(
      [Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100 })],
      {
        'x-constant': true,
        description:
          'The statement; for `transaction` a statement or a list. It holds no expression: values are `params`, in PostgreSQL ' +
          '`$1`, `$2`, …, in MySQL `?`.',
      },
    ),
    params: Type.Optional(
      Type.Array(Type.Unknown(), {
        maxItems: 10_000,
        description:
          'Values for the places in `sql`; for a list of statements a list of such lists. In PostgreSQL a list is an array ' +
          'and an object is JSON; in MySQL both are JSON.',
      }),
    ),
    max_rows: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: mostRows,
        default: defaultMaxRows,
        description: `A statement that gives more fails with \`response_too_large\`. Default: ${defaultMaxRows}.`,
      }),
    ),
    timeout: Type.Optional(
      Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.String()], {
        description: 'Of one try, like the `timeout` of the step: milliseconds, or text such as `5s`.',
      }),
    ),
    retry: Type.Optional(Type.Object({}, { description: 'Like the `retry` of the step.' })),
  },
  { additionalProperties: false },
);

const rows = Type.Array(Type.Record(Type.String(), Type.Unknown()), {
  description: 'An object for each row, with the columns by name; of a transaction those of its last statement.',
});
const rowCount = Type.Integer({ minimum: 0, description: 'Rows that were given or changed.' });

export const operationOutput = Type.Object({
  rows,
  row_count: rowCount,
  results: Type.Optional(
    Type.Array(Type.Object({ rows, row_count: rowCount }), {
      description: 'Of a transaction: what each of its statements gave.',
    }),
  ),
});

export type OperationConfig = Type.Static<typeof operationConfig>;
export type OperationOutput = Type.Static<typeof operationOutput>;
