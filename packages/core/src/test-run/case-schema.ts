/** The JSON Schema of a file of cases: published, for editors that complete it, and what files are checked by. */
import type { JsonObject } from '../json.ts';
import { durationValue, mocksSchema, signalsSchema } from './mock-schemas.ts';

const timeSchema: JsonObject = {
  type: 'string',
  format: 'date-time',
  description: 'When the run starts. 2026-01-01T00:00:00Z when it is not said.',
  'x-expected': 'a time such as 2026-05-01T09:00:00Z',
};
const any = (description: string): JsonObject => ({ description });

const errorSchema: JsonObject = {
  type: 'object',
  description: 'The fields that are named are the same.',
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    step: { type: 'string', description: 'The innermost step that failed.' },
    details: { type: 'object', description: 'Holds the fields that are named.' },
  },
  additionalProperties: false,
};

const stepExpectation: JsonObject = {
  type: 'object',
  properties: {
    status: { enum: ['QUEUED', 'EXECUTING', 'SUCCESS', 'FAILED', 'SKIPPED'] },
    attempts: { type: 'integer', minimum: 0 },
    runs: { type: 'integer', minimum: 0, description: 'How often it ran: in rounds, items and branches.' },
    input: any('What it was given, the same.'),
    input_contains: any('What it was given holds the fields that are named.'),
    output: any('What it gave, the same.'),
    output_contains: any('What it gave holds the fields that are named.'),
    error: errorSchema,
  },
  additionalProperties: false,
};

const expectSchema: JsonObject = {
  type: 'object',
  description: 'What has to be. Without `status` and `error` the run has to be COMPLETED.',
  properties: {
    status: { enum: ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] },
    wait_reason: { type: 'string', description: 'Of a run that still waits.' },
    output: any('The result, the same.'),
    output_contains: any('The result holds the fields that are named; lists are as long as they are named.'),
    error: errorSchema,
    path: {
      type: 'array',
      items: { type: 'string' },
      description: 'The steps that ran, in the order in which they began; `each.0.call` inside of others.',
    },
    duration: { ...durationValue, description: 'In virtual time.' },
    steps: {
      type: 'object',
      description: 'By the id of a step (of several runs, the last), or by its path.',
      additionalProperties: stepExpectation,
    },
    assert: {
      type: 'array',
      description:
        'CEL expressions that are true; they see `status`, `output`, `error`, `path`, `steps` and `duration_ms`.',
      items: { type: 'string', minLength: 1 },
    },
  },
  additionalProperties: false,
};

const shared = { now: timeSchema, mocks: mocksSchema };

const caseSchema: JsonObject = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 200, description: 'What the case shows, as a sentence.' },
    input: any('What `input` is; `{}` when it is not said.'),
    variables: { type: 'object', description: 'Joins the `variables` of the definition.' },
    ...shared,
    signals: signalsSchema,
    cancel_at: { ...durationValue, description: 'How long after the start the run is cancelled.' },
    expect: expectSchema,
  },
  required: ['name', 'expect'],
  additionalProperties: false,
};

export const caseFileSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Cases of a CloudFlow workflow',
  description: 'What `cloudflow test` runs: cases of one workflow, in virtual time, with mocks in place of the world.',
  type: 'object',
  properties: {
    $schema: { type: 'string' },
    definition: {
      type: 'string',
      minLength: 1,
      description: 'The file of the workflow, from here. When it is not said: that of the same name without `.test`.',
    },
    workflows: {
      type: 'array',
      maxItems: 100,
      items: { type: 'string', minLength: 1 },
      description: 'Files of workflows that it calls, from here.',
    },
    worker_types: {
      type: 'array',
      maxItems: 1_000,
      items: { type: 'string', minLength: 1 },
      description: 'Types of steps that workers of yours run: no worker is asked, so that the steps need mocks.',
    },
    now: { ...timeSchema, description: 'When the runs of all cases start that do not say so themselves.' },
    mocks: { ...mocksSchema, description: 'Of all cases; those of a case go before them.' },
    cases: { type: 'array', minItems: 1, maxItems: 10_000, items: caseSchema },
  },
  required: ['cases'],
  additionalProperties: false,
};
