/** The JSON Schema (draft 2020-12) of the whole language: published, printed as reference, and what documents are checked by. */
import type { JsonObject } from '../../json.ts';
import { controlTypes } from '../types/index.ts';
import { stepDefinitions } from './step-schema.ts';
import { commonDefinitions, expressionSchema, semverPattern, templateSchema } from './value-schemas.ts';

/** The version of the language. */
export const schemaVersion = '1.0';

const fields: JsonObject = {
  workflow_id: { description: 'Name of the workflow inside its tenant.', $ref: '#/$defs/slug' },
  version: {
    description: 'A semantic version such as `1.0.0`; a published version never changes.',
    type: 'string',
    maxLength: 128,
    pattern: semverPattern,
    'x-expected': 'a semantic version such as `1.0.0`',
  },
  steps: { description: 'The steps of the workflow, an array, may be empty.', $ref: '#/$defs/steps' },
  schema_version: { description: 'Version of this language.', const: schemaVersion, default: schemaVersion },
  name: { description: 'For people; searched.', type: 'string', maxLength: 200 },
  description: { description: 'For people; searched.', type: 'string', maxLength: 10_000 },
  tags: {
    description: 'For people; searched.',
    type: 'array',
    maxItems: 50,
    uniqueItems: true,
    items: { type: 'string', minLength: 1, maxLength: 100 },
  },
  labels: {
    description: 'For people; searched.',
    type: 'object',
    maxProperties: 50,
    propertyNames: { minLength: 1, maxLength: 100 },
    additionalProperties: { type: 'string', maxLength: 500 },
  },
  input_schema: {
    description: 'JSON Schema 2020-12; input that does not fit is refused before an execution exists.',
    type: ['object', 'boolean'],
    'x-expected': 'a JSON Schema',
  },
  output: {
    ...templateSchema,
    description:
      'Result of the execution. Default: an object with the outputs of the steps that nothing depends on, by id.',
  },
  variables: {
    description: 'Initial values of `vars`; constants.',
    type: 'object',
    propertyNames: { minLength: 1, maxLength: 128 },
  },
  timeout: {
    description: 'Of the whole execution; over it: FAILED with `execution_timeout`.',
    $ref: '#/$defs/duration',
  },
  retry: { description: 'Default for the actions that name none.', $ref: '#/$defs/retry' },
  step_timeout: { description: 'Default for the actions that name no `timeout`.', $ref: '#/$defs/duration' },
  priority: {
    description: 'Order among PENDING executions, 1 is first; a minute of waiting counts as one level.',
    type: 'integer',
    minimum: 1,
    maximum: 5,
    default: 3,
  },
  concurrency: {
    description: 'At most `limit` executions run at once, of the whole workflow or for each key.',
    type: 'object',
    required: ['limit'],
    additionalProperties: false,
    properties: {
      key: {
        ...expressionSchema,
        description:
          'An expression over `input`: executions with the same value share one limit. None: all of the workflow do.',
      },
      limit: {
        description: 'How many may run at once. Each execution goes by the limit of its own version.',
        type: 'integer',
        minimum: 1,
        maximum: 100_000,
      },
      strategy: {
        description:
          'When the limit is reached: wait (PENDING with `wait_reason` "concurrency"), end CANCELLED with `concurrency_rejected` or with `concurrency_skipped`, or cancel the oldest and start when it has ended, compensation included.',
        enum: ['queue', 'reject', 'cancel_running', 'skip'],
        default: 'queue',
      },
    },
    examples: [{ key: 'input.customer_id', limit: 1, strategy: 'queue' }],
  },
  on_failure: { description: 'Steps that run after compensation when the execution fails.', $ref: '#/$defs/steps' },
  on_cancel: {
    description: 'Steps that run after compensation when the execution is cancelled.',
    $ref: '#/$defs/steps',
  },
  ui: { description: 'Positions and notes of the builder; never read by the engine.', type: 'object' },
};

export const workflowSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: '/schemas/workflow/1.0.json',
  title: 'CloudFlow workflow',
  type: 'object',
  required: ['workflow_id', 'version', 'steps'],
  additionalProperties: false,
  properties: fields,
  $defs: { ...commonDefinitions, ...stepDefinitions(controlTypes) },
};
