/** The shapes of what workers send and get. */
import Type from 'typebox';

const time = Type.String({ format: 'date-time', 'x-expected': 'a time such as 2026-05-01T09:00:00.000Z' });
const duration = (description: string) => Type.String({ minLength: 1, maxLength: 40, description });
/** Shown to people on terminals, and stored as text. */
const printable = { pattern: '^[^\\u0000-\\u001f\\u007f]+$', 'x-expected': 'text without control characters' };
const held = {
  id: Type.String({ format: 'uuid', 'x-expected': 'the id of a task, as the claim gave it' }),
  lease_token: Type.String({
    format: 'uuid',
    'x-expected': 'the token of the claim',
    description: 'As the claim gave it.',
  }),
};
const lease = Type.Optional(
  duration('How long the tasks are kept without a heartbeat: 5s to 10m, 30s when absent. Never beyond their deadline.'),
);

export const claimBody = Type.Object(
  {
    worker: Type.String({
      ...printable,
      minLength: 1,
      maxLength: 200,
      description: 'The name that this worker gives itself, for people.',
    }),
    types: Type.Array(Type.String({ ...printable, minLength: 1, maxLength: 260 }), {
      minItems: 1,
      maxItems: 50,
      uniqueItems: true,
    }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 32, default: 1 })),
    wait: Type.Optional(duration('How long the answer may be held back while there is nothing: 30s at most.')),
    lease,
  },
  { additionalProperties: false },
);

export const claimed = Type.Object({
  tasks: Type.Array(
    Type.Object({
      ...held,
      lease_until: time,
      deadline: Type.String({ format: 'date-time', description: 'When the time of this try is over.' }),
      timeout_ms: Type.Integer({
        description: 'The same as a length of time, for a clock that differs from that of the server.',
      }),
      type: Type.String(),
      config: Type.Unknown(),
      execution_id: Type.String(),
      workflow_id: Type.String(),
      step: Type.String({ description: 'Path of the step, as `/steps` shows it.' }),
      attempt: Type.Integer(),
      delivery: Type.Union([Type.Literal('at_least_once'), Type.Literal('at_most_once')]),
      idempotency_key: Type.String({ description: 'The same for every try of the same effect.' }),
      correlation_id: Type.String(),
      traceparent: Type.String(),
    }),
  ),
});

const logs = Type.Optional(
  Type.Array(
    Type.Object(
      {
        level: Type.Union([Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')]),
        message: Type.String({ maxLength: 2_000 }),
        fields: Type.Optional(Type.Record(Type.String({ maxLength: 200 }), Type.Unknown(), { maxProperties: 50 })),
        at: Type.Optional(time),
      },
      { additionalProperties: false },
    ),
    { maxItems: 100, description: 'Lines for `/executions/{id}/logs`. Never secrets.' },
  ),
);

export const heartbeatBody = Type.Object(
  {
    tasks: Type.Array(Type.Object({ ...held, logs }, { additionalProperties: false }), { minItems: 1, maxItems: 500 }),
    lease,
  },
  { additionalProperties: false },
);

export const heartbeats = Type.Object({
  tasks: Type.Array(
    Type.Object({
      id: Type.String(),
      state: Type.Union([Type.Literal('running'), Type.Literal('cancel'), Type.Literal('gone')], {
        description:
          '`cancel`: it is not wanted any more; stop, and say how far it came if that is soon. `gone`: it is not yours any more.',
      }),
      lease_until: Type.Union([time, Type.Null()]),
    }),
  ),
});

export const completeBody = Type.Object(
  { ...held, logs, output: Type.Optional(Type.Unknown({ description: 'JSON; null when absent.' })) },
  { additionalProperties: false },
);

export const failBody = Type.Object(
  {
    ...held,
    logs,
    error: Type.Object(
      {
        code: Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$', 'x-expected': 'an error code such as `card_declined`' }),
        message: Type.String({ maxLength: 2_000 }),
        details: Type.Optional(Type.Record(Type.String({ maxLength: 200 }), Type.Unknown(), { maxProperties: 100 })),
        retryable: Type.Optional(Type.Boolean({ default: false, description: 'Another try may succeed.' })),
        retry_after_ms: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 86_400_000,
            description: 'The other side asked for at least this wait.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

export const releaseBody = Type.Object(
  { tasks: Type.Array(Type.Object(held, { additionalProperties: false }), { minItems: 1, maxItems: 500 }) },
  { additionalProperties: false },
);

export type Logs = Type.Static<typeof logs>;
