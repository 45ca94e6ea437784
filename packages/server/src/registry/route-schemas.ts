/** The shapes of what goes in and out at the doors of the registry. */
import Type from 'typebox';

/** A step type as a worker may declare it: that of `type` in a step, with a dot in it mostly. */
export const params = Type.Object({
  type: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,63}(\\.[a-z0-9][a-z0-9_-]{0,63}){0,3}$' }),
});

const schema = Type.Unknown({ description: 'JSON Schema, draft 2020-12.' });
const errorCode = Type.Object(
  {
    code: Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$', 'x-expected': 'an error code such as `card_declined`' }),
    description: Type.String({ maxLength: 1_000 }),
    retryable: Type.Union([Type.Literal('always'), Type.Literal('never'), Type.Literal('depends')]),
  },
  { additionalProperties: false },
);
const facts = {
  version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  title: Type.String({ minLength: 1, maxLength: 200 }),
  description: Type.String({ maxLength: 4_000 }),
  config_schema: schema,
  output_schema: schema,
  errors: Type.Array(errorCode, { maxItems: 100 }),
  default_timeout_ms: Type.Integer({
    minimum: 1,
    maximum: 31_536_000_000,
    description: 'Of one try, from when a worker has it.',
  }),
  effect: Type.Union([Type.Literal('external'), Type.Literal('none')]),
};

export const declareBody = Type.Object(
  {
    ...facts,
    description: Type.Optional(facts.description),
    output_schema: Type.Optional(schema),
    errors: Type.Optional(facts.errors),
    default_timeout_ms: Type.Optional(facts.default_timeout_ms),
    effect: Type.Optional(facts.effect),
  },
  { additionalProperties: false },
);

const kind = Type.Union([Type.Literal('control'), Type.Literal('action')], {
  description: '`control`: a part of the language, which holds other steps, waits, or works with values.',
});
const category = Type.String({ description: 'Under what a palette shows it, such as `flow`, `data` or `network`.' });

export const listQuery = Type.Object({
  kind: Type.Optional(kind),
  category: Type.Optional(
    Type.String({
      pattern: '^[a-z][a-z0-9-]{0,63}$',
      'x-expected': 'a category such as `flow`',
      description: 'Of this category.',
    }),
  ),
});

export const action = Type.Object({
  type: Type.String(),
  aliases: Type.Array(Type.String(), { description: 'Other words for it in a step.' }),
  kind,
  category,
  icon: Type.String({ description: 'Name of an icon: of lucide.dev, or of the service that it speaks to.' }),
  ...facts,
  output_schema: Type.Unknown({ description: 'JSON Schema, draft 2020-12; null: it depends on what the step holds.' }),
  default_timeout_ms: Type.Union([facts.default_timeout_ms, Type.Null()], {
    description: 'Of one try; null: it has no tries.',
  }),
  runs_on: Type.Union([Type.Literal('server'), Type.Literal('worker')], {
    description: '`worker`: a type of the tenant, whose steps are tasks for its workers.',
  }),
  last_asked_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'When a worker last asked for tasks of this type, to some seconds; null: never, or not of a worker.',
  }),
});

export const operationParams = Type.Object({
  name: Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}$', description: 'The id of the steps that run it.' }),
});

const statement = Type.String({ minLength: 1, maxLength: 100_000 });
const nameOfParameter = Type.String({ minLength: 1, maxLength: 64 });
const operationFacts = {
  credential: Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$',
    'x-expected': 'the name of a credential',
    description: 'Of the type `postgres`, `mysql` or `database`.',
  }),
  operation: Type.Union([Type.Literal('query'), Type.Literal('execute'), Type.Literal('transaction')]),
  sql: Type.Union([statement, Type.Array(statement, { minItems: 1, maxItems: 100 })], {
    description: 'As in the config of `database_operation`.',
  }),
  parameters: Type.Record(
    nameOfParameter,
    Type.Object(
      {
        from: Type.Optional(
          Type.String({
            pattern: '^/(input|steps)(/.*)?$',
            'x-expected': 'a pointer such as /input/email or /steps/charge/id',
            maxLength: 1_000,
            description:
              'JSON pointer into `{ "input": …, "steps": { "ID": output } }`: the input of the execution, and the outputs of the ' +
              'steps that the step depends on. Default: `/input/NAME`. What is not there is null.',
          }),
        ),
        schema: Type.Optional(Type.Unknown({ description: 'JSON Schema of the value. Default: anything.' })),
      },
      { additionalProperties: false },
    ),
    { maxProperties: 1_000, description: 'What it takes, by name.' },
  ),
  params: Type.Union(
    [
      Type.Array(nameOfParameter, { maxItems: 1_000 }),
      Type.Array(Type.Array(nameOfParameter, { maxItems: 1_000 }), { maxItems: 100 }),
    ],
    {
      description: 'Names of parameters in the order of the places in `sql`; for a list of statements a list for each.',
    },
  ),
  max_rows: Type.Integer({ minimum: 1, maximum: 100_000 }),
};

export const operationBody = Type.Object(
  {
    credential: operationFacts.credential,
    operation: Type.Optional(operationFacts.operation),
    sql: operationFacts.sql,
    parameters: Type.Optional(operationFacts.parameters),
    params: Type.Optional(operationFacts.params),
    max_rows: Type.Optional(operationFacts.max_rows),
  },
  { additionalProperties: false },
);

const time = Type.String({ format: 'date-time' });
export const operation = Type.Object({
  name: Type.String(),
  ...operationFacts,
  max_rows: Type.Union([operationFacts.max_rows, Type.Null()]),
  created_at: time,
  updated_at: time,
});
