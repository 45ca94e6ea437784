/** The shapes of what goes in and out of a test run. */
import { slugPattern } from '@cloudflow/core/definition/schema/value-schemas.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import type { HttpMock } from '@cloudflow/core/test-run/http-mocks.ts';
import { durationValue, mocksSchema, signalsSchema } from '@cloudflow/core/test-run/mock-schemas.ts';
import type { StepMocks } from '@cloudflow/core/test-run/step-mocks.ts';
import Type from 'typebox';

const anyJson = (description: string) => Type.Unsafe<Json>(Type.Unknown({ description }));
const jsonObject = (description: string) =>
  Type.Unsafe<JsonObject>(Type.Object({}, { additionalProperties: true, description }));
const stepId = (description: string) =>
  Type.Optional(Type.String({ pattern: slugPattern, 'x-expected': 'the id of a step', description }));
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const time = Type.String({ format: 'date-time' });

type Mocks = { readonly steps?: StepMocks; readonly http?: readonly HttpMock[] };
type Signal = { readonly name: string; readonly at?: number | string; readonly payload?: Json };

export const params = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$', description: 'Its `workflow_id`, or its UUID.' }),
});

export const body = Type.Object(
  {
    step: stepId('Runs this step alone: `when`, `milestone` and `lock` are not asked.'),
    until: stepId('Runs the steps that lead to this one, and it.'),
    input: Type.Optional(anyJson('What `input` is; `{}` when absent.')),
    variables: Type.Optional(jsonObject('Joins the `variables` of the definition.')),
    pinned: Type.Optional(
      jsonObject('By id: outputs that stand for steps. They are not run, nor is what leads to them alone.'),
    ),
    around: Type.Optional(
      jsonObject('With `step`: the names that it sees around it, such as `item`, `index` and `loop`.'),
    ),
    mocks: Type.Optional(Type.Unsafe<Mocks>(mocksSchema)),
    signals: Type.Optional(Type.Unsafe<readonly Signal[]>(signalsSchema)),
    cancel_at: Type.Optional(
      Type.Unsafe<number | string>({ ...durationValue, description: 'How long after the start it is cancelled.' }),
    ),
    now: Type.Optional(
      Type.String({
        format: 'date-time',
        'x-expected': 'a time such as 2026-05-01T09:00:00Z',
        description: 'When it starts; now, when absent.',
      }),
    ),
    definition: Type.Optional(jsonObject('What is run in place of the definition that is kept.')),
    effects: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'What no mock answers is really done. Needs the permission `workflow:execute`, too.',
      }),
    ),
  },
  { additionalProperties: false },
);

const error = Type.Object({
  code: Type.String(),
  message: Type.String(),
  step: Type.Optional(Type.String()),
  details: Type.Optional(anyJson('More of it.')),
});

const step = Type.Object({
  step_id: Type.String(),
  path: Type.String(),
  round: Type.Integer(),
  type: Type.String(),
  status: Type.Union(['QUEUED', 'EXECUTING', 'SUCCESS', 'FAILED', 'SKIPPED'].map((word) => Type.Literal(word))),
  attempt: Type.Integer(),
  source: Type.Union(
    ['run', 'mock', 'pinned'].map((word) => Type.Literal(word)),
    {
      description: 'Where its outcome is from.',
    },
  ),
  input: anyJson('What its tries were given.'),
  output: anyJson('What it gave.'),
  error: nullable(error),
  started_at: nullable(time),
  finished_at: nullable(time),
  duration_ms: nullable(Type.Integer()),
});

const execution = {
  status: Type.Union(
    ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'].map((word) => Type.Literal(word)),
    { description: 'RUNNING when it waits for what does not come; `wait_reason` says for what.' },
  ),
  wait_reason: nullable(Type.String()),
  output: anyJson('Its result.'),
  error: nullable(error),
  duration_ms: Type.Integer({ description: 'In virtual time.' }),
  path: Type.Array(Type.String(), { description: 'The steps that ran, in the order in which they began.' }),
  steps: Type.Array(step),
};

export const tested = Type.Object({
  ...execution,
  started_at: time,
  called: Type.Array(Type.Object({ called_by: Type.String(), workflow_id: Type.String(), ...execution }), {
    description: 'The workflows that it called, and the items that ran on their own.',
  }),
  unused_mocks: Type.Array(Type.String(), { description: 'Pointers to the mocks that nothing asked for.' }),
});
