/** Schemas of values that several fields of the language hold: slugs, durations, expressions, retry policies. */
import type { JsonObject } from '../../json.ts';
import { isoDuration, longestDurationMs, shortDuration } from '../duration.ts';

export const slugPattern = '^[a-z0-9][a-z0-9_-]{0,127}$';
const slugWords = 'a slug: lower-case letters, digits, `-` and `_`, at most 128, the first a letter or digit';

export const semverPattern =
  '^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?$';

export const templateSchema: JsonObject = { description: 'Any value; strings in it may hold `${ }`.' };

export const expressionSchema: JsonObject = {
  description: 'A CEL expression, with or without `${ }` around it.',
  type: 'string',
  minLength: 1,
  'x-expected': 'an expression as text',
};

/** What comes together must succeed: all of it, the first, or some; whoever uses it says of what. */
export const joinSchema: JsonObject = {
  default: 'all',
  anyOf: [
    { enum: ['all', 'any'] },
    {
      type: 'object',
      'x-expected': '{ "count": n }',
      required: ['count'],
      additionalProperties: false,
      properties: { count: { description: 'How many must succeed.', type: 'integer', minimum: 1 } },
    },
  ],
};

const countOf = (name: string, description: string): JsonObject => ({
  type: 'object',
  required: [name],
  additionalProperties: false,
  properties: { [name]: { description, type: 'integer', minimum: 1 } },
});

/** Of a step; the last four are for a `block`. */
export const stepJoinSchema: JsonObject = {
  default: 'all',
  'x-expected': '"all", "any", { "count": n }, "each", "sets", { "each": n } or { "sets": n }',
  anyOf: [
    { enum: ['all', 'any', 'each', 'sets'] },
    { ...countOf('count', 'How many must succeed.'), 'x-expected': '{ "count": n }' },
    { ...countOf('each', 'How many arrivals make one run.'), 'x-expected': '{ "each": n }' },
    { ...countOf('sets', 'How many of the arrivals of a set are enough.'), 'x-expected': '{ "sets": n }' },
  ],
};

/** `$defs` of the language that belong to no type. */
export const commonDefinitions: { readonly [name: string]: JsonObject } = {
  slug: { type: 'string', pattern: slugPattern, 'x-expected': slugWords },
  duration: {
    description: 'A number of milliseconds, `250ms 5s 10m 2h 3d`, or ISO 8601 (`PT5S`).',
    'x-expected': 'a duration: a number of milliseconds, `250ms 5s 10m 2h 3d`, or ISO 8601 such as `PT5S`',
    anyOf: [
      { type: 'number', minimum: 0, maximum: longestDurationMs },
      { type: 'string', pattern: shortDuration },
      { type: 'string', pattern: isoDuration },
    ],
  },
  retry: {
    description:
      'How often and when a failed try is repeated. Fields that are left out come from the default: 3 retries, exponential, 2 s, 4 s, 8 s.',
    type: 'object',
    additionalProperties: false,
    properties: {
      max_attempts: { description: 'Tries in all.', type: 'integer', minimum: 1, maximum: 1000 },
      max_retries: {
        description: 'Tries after the first. Either this or `max_attempts`.',
        type: 'integer',
        minimum: 0,
        maximum: 999,
      },
      backoff: { description: 'How the wait grows.', enum: ['exponential', 'linear', 'fixed'] },
      initial: { description: 'The first wait. 2 s by default.', $ref: '#/$defs/duration' },
      multiplier: {
        description: 'Factor of the exponential backoff. 2 by default.',
        type: 'number',
        minimum: 1,
        maximum: 100,
      },
      max_interval: { description: 'No wait is longer. 1 h by default.', $ref: '#/$defs/duration' },
      jitter: {
        description: 'The wait is multiplied by a random factor in [1 - jitter, 1 + jitter]. 0 by default.',
        type: 'number',
        minimum: 0,
        maximum: 1,
      },
      on: { description: 'Only these error codes are retried.', $ref: '#/$defs/errorCodes' },
      except: { description: 'These error codes are not retried.', $ref: '#/$defs/errorCodes' },
    },
  },
  errorCodes: {
    type: 'array',
    maxItems: 100,
    uniqueItems: true,
    items: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,63}$', 'x-expected': 'an error code such as `timeout`' },
  },
};
