/** The shapes of what goes in and out at the doors of the workflow service. */
import type { JsonObject } from '@cloudflow/core/json.ts';
import Type from 'typebox';
import { idempotencyHeaders } from '../kernel/http/idempotency.ts';
import { pageOf, pageQuery } from '../kernel/http/list.ts';

export const params = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$', description: 'Its `workflow_id`, or its UUID.' }),
});
export const versionParams = Type.Object({
  ...params.properties,
  version: Type.String({ pattern: '^[0-9A-Za-z.+-]{1,128}$' }),
});
export const ifMatch = Type.Object({
  'if-match': Type.Optional(Type.String({ description: 'The ETag that reading it gave.' })),
});
export const ifNoneMatch = Type.Object({
  'if-none-match': Type.Optional(Type.String({ description: 'The ETag of the definition that is known already.' })),
});
export const publishHeaders = idempotencyHeaders('Names this publish: a repeat gets the answer of the first.');
const status = Type.Union([Type.Literal('published'), Type.Literal('disabled'), Type.Literal('draft')]);
export const listQuery = Type.Object({
  ...pageQuery,
  status: Type.Optional(Type.Union(status.anyOf, { description: '`draft`: nothing of it is published yet.' })),
  count: Type.Optional(
    Type.Boolean({ description: 'Also say how many the filters find on all pages, counted up to 10,000.' }),
  ),
  q: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9_-]{1,128}$',
      'x-expected': 'the beginning of a name: 1 to 128 of a-z, 0-9, _ and -',
      description: 'How the `workflow_id` begins.',
    }),
  ),
});

/** Any JSON object: what it may hold is the business of `compile`, whose errors say more than a schema can. */
export const document = Type.Unsafe<JsonObject>(
  Type.Object(
    {},
    {
      additionalProperties: true,
      description: 'A workflow definition: at least `workflow_id`, `version` and `steps`.',
      externalDocs: { description: 'The JSON Schema of a definition', url: '/schemas/workflow/1.0.json' },
      examples: [{ workflow_id: 'hello', version: '1.0.0', steps: [] }],
    },
  ),
);

const issue = Type.Object({
  code: Type.String(),
  pointer: Type.String(),
  message: Type.String(),
  suggestion: Type.Optional(Type.String()),
  position: Type.Optional(Type.Integer({ description: 'In an expression: where in the text at `pointer`.' })),
});
export const published = Type.Object({
  id: Type.String(),
  workflow_id: Type.String(),
  version: Type.String(),
  status: Type.Literal('published'),
  etag: Type.String(),
  warnings: Type.Array(issue),
});
export const validated = Type.Object({
  valid: Type.Boolean(),
  errors: Type.Array(issue),
  warnings: Type.Array(issue),
});

const time = Type.String({ format: 'date-time' });
export const summary = Type.Object({
  id: Type.String(),
  workflow_id: Type.String(),
  version: Type.Union([Type.String(), Type.Null()], {
    description: 'The current one; null: nothing is published yet.',
  }),
  status,
  etag: Type.String(),
  unpublished_changes: Type.Boolean({ description: 'The draft was saved after it was published last.' }),
  created_at: time,
  updated_at: time,
  published_at: Type.Union([time, Type.Null()]),
});
export const summaryPage = Type.Object({
  ...pageOf(summary).properties,
  count: Type.Optional(Type.Integer()),
  capped: Type.Optional(Type.Boolean({ description: 'There are more than `count`.' })),
});
export const versionSummary = Type.Object({ version: Type.String(), etag: Type.String(), published_at: time });
export const detail = Type.Object({
  ...summary.properties,
  definition: Type.Union([document, Type.Null()], {
    description: 'Null when nothing is published yet: see the draft.',
  }),
  latest_execution: Type.Optional(
    Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
      description: 'As in the list of executions; null before the first, absent for a single version.',
    }),
  ),
});
export const versionDetail = Type.Object({
  ...summary.properties,
  version: Type.String(),
  published_at: time,
  definition: document,
});
