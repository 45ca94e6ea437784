/** The shapes of what goes in and out at the engine's doors. */

import { slugPattern } from '@cloudflow/core/definition/schema/value-schemas.ts';
import type { Json } from '@cloudflow/core/json.ts';
import Type from 'typebox';
import { idempotencyHeaders } from '../kernel/http/idempotency.ts';

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const anyJson = Type.Unsafe<Json>(Type.Unknown());
const time = Type.String({ format: 'date-time' });
/** One of these. */
export const words = (...all: readonly string[]) => Type.Union(all.map((word) => Type.Literal(word)));

export const statuses = ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;

export const workflowParams = Type.Object({
  id: Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$',
    'x-expected': 'the name of a workflow, such as order-intake, or its UUID',
    description: 'Its `workflow_id`, or its UUID.',
  }),
});
export const executionIdPattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';
export const executionParams = Type.Object({ id: Type.String({ pattern: executionIdPattern }) });

export const startBody = Type.Object(
  {
    input: Type.Optional(Type.Unsafe<Json>(Type.Unknown({ description: 'What `input` is; `{}` when absent.' }))),
    version: Type.Optional(
      Type.String({
        pattern: '^[0-9A-Za-z.+-]{1,128}$',
        'x-expected': 'a version such as 1.0.0',
        description: 'The current one when absent.',
      }),
    ),
    priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 5, description: '1 is first.' })),
    labels: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 256 }), { maxProperties: 64 })),
    business_key: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  },
  { additionalProperties: false },
);
export const startQuery = Type.Object({
  wait: Type.Optional(Type.String({ description: 'How long to wait for the end, at most `45s`.' })),
});
export const startHeaders = idempotencyHeaders('Names this start: a repeat answers for the same execution.');
export const commandBody = Type.Object(
  { reason: Type.Optional(Type.String({ maxLength: 1_000 })) },
  { additionalProperties: false },
);
export const signalParams = Type.Object({
  ...executionParams.properties,
  name: Type.String({ pattern: slugPattern, description: 'What `signal` of the waiting step says.' }),
});
export const signalBody = Type.Object(
  {
    payload: Type.Optional(
      Type.Unsafe<Json>(Type.Unknown({ description: 'The output of the step that takes it; null when absent.' })),
    ),
  },
  { additionalProperties: false },
);
export const eventsHeaders = Type.Object({
  accept: Type.Optional(Type.String()),
  'last-event-id': Type.Optional(
    Type.String({
      pattern: '^\\d{1,9}\\.\\d{1,9}$',
      'x-expected': 'the id of an event, such as 3.0',
      description: 'For a stream: the last event that was seen; those after it follow.',
    }),
  ),
});
export const includeQuery = Type.Object({ include: Type.Optional(Type.Literal('variables')) });

const error = Type.Object({
  code: Type.String(),
  message: Type.String(),
  step: Type.Optional(Type.String()),
  details: Type.Optional(anyJson),
});
const rowFields = {
  id: Type.String(),
  workflow_id: Type.String(),
  version: Type.String(),
  status: words(...statuses),
  phase: nullable(words('stopping', 'compensating', 'on_failure', 'on_cancel')),
  wait_reason: nullable(Type.String()),
  error: nullable(error),
  labels: Type.Record(Type.String(), Type.String()),
  business_key: nullable(Type.String()),
  created_at: time,
  started_at: nullable(time),
  finished_at: nullable(time),
  duration_ms: nullable(Type.Integer()),
  parent: nullable(Type.String()),
  retry_of: nullable(Type.String()),
  root: Type.String(),
  as_of_seq: Type.Integer({ description: 'The last journal row that this shows.' }),
};
export const executionRowSchema = Type.Object(rowFields);
export const executionSchema = Type.Object({
  ...rowFields,
  input: anyJson,
  output: anyJson,
  trigger: anyJson,
  variables: Type.Optional(anyJson),
});
export const startedSchema = Type.Object({
  execution_id: Type.String(),
  status: words(...statuses),
  links: Type.Object({ self: Type.String(), steps: Type.String(), events: Type.String(), cancel: Type.String() }),
});
export const commandedSchema = Type.Omit(startedSchema, ['status']);
export const stepSchema = Type.Object({
  step_id: Type.String(),
  path: Type.String(),
  round: Type.Integer({ description: 'How often a `goto` had begun the step again: each round is a row.' }),
  type: Type.String(),
  adopted: Type.Boolean({
    description: 'A retry took the outcome over; the step ran in the execution `retry_of`, or one before.',
  }),
  status: words('QUEUED', 'EXECUTING', 'SUCCESS', 'FAILED', 'SKIPPED'),
  attempt: Type.Integer(),
  input: anyJson,
  output: anyJson,
  error: nullable(error),
  started_at: nullable(time),
  finished_at: nullable(time),
  duration_ms: nullable(Type.Integer()),
});
export const eventSchema = Type.Object(
  {
    id: Type.String(),
    seq: Type.Integer(),
    type: Type.String(),
    at: nullable(time),
    step_id: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);
