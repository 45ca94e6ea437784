/** The JSON Schemas of mocks and of what is sent to a test run: of the API's body and of the file of cases alike. */
import { isoDuration, shortDuration } from '../definition/duration.ts';
import type { JsonObject } from '../json.ts';

const expectedDuration = 'a duration such as `5s`';

export const durationValue: JsonObject = {
  description: 'A number of milliseconds, or `250ms 5s 10m 2h 3d`, or ISO 8601 such as `PT5S`.',
  anyOf: [
    { type: 'number', minimum: 0 },
    { type: 'string', maxLength: 64, pattern: `${shortDuration}|${isoDuration}`, 'x-expected': expectedDuration },
  ],
  'x-expected': expectedDuration,
};

/** The value, or a list of them of which the last stands for all that follow. */
function oneOrList(value: JsonObject): JsonObject {
  return { anyOf: [value, { type: 'array', minItems: 1, maxItems: 1_000, items: value }] };
}

const after: JsonObject = {
  ...durationValue,
  description: 'How much virtual time it takes: nothing, when it is not said.',
};

const mockedAnswer: JsonObject = {
  anyOf: [
    {
      type: 'object',
      properties: { output: { description: 'What the step gives.' }, after },
      required: ['output'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: {
        error: {
          type: 'object',
          properties: {
            code: { type: 'string', minLength: 1, maxLength: 128, description: 'Such as `http_status`.' },
            message: { type: 'string', maxLength: 2_000 },
            details: { type: 'object' },
            retryable: {
              type: 'boolean',
              description: 'Whether another try may succeed; by the code when it is not said.',
            },
            retry_after: durationValue,
          },
          required: ['code'],
          additionalProperties: false,
        },
        after,
      },
      required: ['error'],
      additionalProperties: false,
    },
  ],
  'x-expected': '`output` or `error`, and perhaps `after`',
};

const stepMocksSchema: JsonObject = {
  type: 'object',
  description:
    'By the id of a step or by its path (`each.3.call`; of a workflow that is called `call-step/its-step`): how its tries end. ' +
    'A list answers one try after the other; its last answer stands for all that follow.',
  maxProperties: 1_000,
  additionalProperties: oneOrList(mockedAnswer),
};

const reply: JsonObject = {
  anyOf: [
    {
      type: 'object',
      properties: {
        status: { type: 'integer', minimum: 200, maximum: 599, default: 200 },
        headers: { type: 'object', additionalProperties: { type: 'string' } },
        body: { description: 'A text is sent as it is, everything else as JSON.' },
        after,
      },
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { error: { enum: ['network', 'timeout'] }, after },
      required: ['error'],
      additionalProperties: false,
    },
  ],
  'x-expected': '`status`, `headers` and `body`, or `error`',
};

const httpMocksSchema: JsonObject = {
  type: 'array',
  description: 'What the world answers to requests: the first that fits. A request that none fits is not sent.',
  maxItems: 1_000,
  items: {
    type: 'object',
    properties: {
      method: { type: 'string', minLength: 1, maxLength: 32, description: 'Any, when it is not said.' },
      url: {
        type: 'string',
        minLength: 1,
        maxLength: 8_000,
        description:
          'Whole; `*` stands for any characters. Without a `?` it fits whatever the query is. A secret in it is `***`.',
      },
      body: { description: 'What the body of the request holds: of an object the fields that are named.' },
      reply: oneOrList(reply),
    },
    required: ['url', 'reply'],
    additionalProperties: false,
  },
};

export const mocksSchema: JsonObject = {
  type: 'object',
  description: 'What answers in place of the world.',
  properties: { steps: stepMocksSchema, http: httpMocksSchema },
  additionalProperties: false,
};

export const signalsSchema: JsonObject = {
  type: 'array',
  description: 'What is sent from outside, at virtual times after the start.',
  maxItems: 1_000,
  items: {
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 128 },
      at: { ...durationValue, description: 'How long after the start; at the start when it is not said.' },
      payload: {},
    },
    required: ['name'],
    additionalProperties: false,
  },
};
