/** The shapes of what goes in and out at the doors of the registry. */
import Type from 'typebox';

/** A step type as a worker may declare it: that of `type` in a step, with a dot in it mostly. */
export const params = Type.Object({
  type: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,63}(\\.[a-z0-9][a-z0-9_-]{0,63}){0,3}$' }),
});

const schema = Type.Unknown({ description: 'JSON Schema, draft 2020-12.' });
const errorCode = Type.Object(
  {
    code: Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' }),
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
