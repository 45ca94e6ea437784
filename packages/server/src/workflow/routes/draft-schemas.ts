/** The shapes of what goes in and out at the doors of drafts and of publications. */
import Type from 'typebox';
import { idempotencyHeaders } from '../../kernel/http/idempotency.ts';
import * as schemas from '../route-schemas.ts';

const time = Type.String({ format: 'date-time' });
const orNull = <T extends ReturnType<typeof Type.String>>(of: T, description: string) =>
  Type.Union([of, Type.Null()], { description });
const version = Type.String({ pattern: '^[0-9A-Za-z.+-]{1,128}$', 'x-expected': 'a version such as 1.2.0' });

const facts = {
  revision: Type.Integer({ minimum: 0, description: '0: none was ever saved; this is the current version.' }),
  etag: Type.String(),
  saved_at: time,
  saved_by: orNull(Type.String(), 'The id of the key, or of the person; null for revision 0.'),
  based_on: orNull(Type.String(), 'The version that the work on it began from; null: there was none.'),
  published_as: orNull(Type.String(), 'The version that this revision became.'),
};

export const draft = Type.Object({
  id: Type.String(),
  workflow_id: Type.String(),
  ...facts,
  current_version: orNull(Type.String(), 'Where it is another than `based_on`, that came in between.'),
  ...schemas.validated.properties,
});
export const draftDetail = Type.Object({ ...draft.properties, definition: schemas.document });
export const revision = Type.Object({ ...facts, size: Type.Integer({ description: 'Of the definition, in bytes.' }) });
export const revisionDetail = Type.Object({ ...revision.properties, definition: schemas.document });
export const revisionParams = Type.Object({
  ...schemas.params.properties,
  revision: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }),
});

export const saveHeaders = Type.Object({
  ...schemas.ifMatch.properties,
  'if-none-match': Type.Optional(
    Type.String({ pattern: '^\\*$', 'x-expected': '*', description: '`*`: only when there is no such workflow yet.' }),
  ),
});

export const publishHeaders = Type.Object({
  ...idempotencyHeaders('Names this publish: a repeat gets the answer of the first.').properties,
  'if-match': Type.Optional(Type.String({ description: 'The ETag of the draft that is meant.' })),
});
export const publishBody = Type.Object(
  { version: Type.Optional({ ...version, description: 'In place of the version that the draft names.' }) },
  { additionalProperties: false },
);
export const publishedDraft = Type.Object({
  ...schemas.published.properties,
  draft: Type.Object(
    { revision: Type.Integer(), etag: Type.String() },
    { description: 'The draft, which is now what was published.' },
  ),
});

export const rollbackBody = Type.Object(
  {
    version,
    reason: Type.Optional(
      Type.String({
        maxLength: 1_000,
        pattern: '^[^\\u0000]*$',
        'x-expected': 'at most 1,000 characters, without U+0000',
      }),
    ),
  },
  { additionalProperties: false },
);
export const publication = Type.Object({
  version: Type.String(),
  kind: Type.Union([Type.Literal('publish'), Type.Literal('rollback')]),
  from_version: orNull(Type.String(), 'The current one before; null: there was none.'),
  made_at: time,
  made_by: orNull(Type.String(), 'The id of the key, or of the person; null where it was not written down yet.'),
  reason: Type.String(),
});
