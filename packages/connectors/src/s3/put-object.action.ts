/** Writes an object to a store that speaks S3. */
import { configInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Type, { type Static } from 'typebox';
import { callS3, errors, key, store } from './s3-api.ts';

const config = Type.Object(
  {
    ...store,
    key,
    content: Type.Optional(Type.String({ description: 'The object, as text. It or `content_base64` is required.' })),
    content_base64: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$', description: 'The object, in base64.' }),
    ),
    content_type: Type.Optional(
      Type.String({
        pattern: '^[\\x20-\\x7e]{1,255}$',
        description: 'Default: `text/plain; charset=utf-8` for text, else `application/octet-stream`.',
      }),
    ),
    metadata: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z0-9-]{1,100}$' }),
        Type.String({ pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$' }),
        {
          maxProperties: 50,
          description: 'Kept beside the object, as `x-amz-meta-…`; ASCII.',
        },
      ),
    ),
    only_if_new: Type.Optional(
      Type.Boolean({
        description: 'Refuse (412) where there is such an object already. Default: false, and it is replaced.',
      }),
    ),
  },
  { additionalProperties: false },
);

export default defineAction({
  type: 's3.put-object',
  title: 'Write an object to S3',
  description:
    'Writes a whole object; a repeat writes the same again. For what is too large for a workflow, use `s3.presign`.',
  category: 'storage',
  icon: 'archive',
  version: 1,
  config,
  output: Type.Object({
    etag: Type.String({ description: 'Of the object.' }),
    version_id: Type.Union([Type.String(), Type.Null()], { description: 'Null in a bucket without versions.' }),
    bytes: Type.Integer({ description: 'That were written.' }),
  }),
  errors,
  defaultTimeoutMs: 60_000,
  effect: 'external',

  async run(context) {
    const { key: name, metadata = {}, only_if_new } = context.config;
    const { body, type } = contentOf(context.config);
    const kept = Object.entries(metadata).map(([field, value]) => [`x-amz-meta-${field.toLowerCase()}`, value]);
    const { headers } = await callS3(context, {
      method: 'PUT',
      key: name,
      body,
      headers: {
        'content-type': type,
        ...Object.fromEntries(kept),
        ...(only_if_new ? { 'if-none-match': '*' } : {}),
      },
    });
    return {
      etag: String(headers['etag'] ?? '').replaceAll('"', ''),
      version_id: (headers['x-amz-version-id'] as string | undefined) ?? null,
      bytes: body.length,
    };
  },
});

function contentOf({ content, content_base64, content_type }: Static<typeof config>) {
  if ((content === undefined) === (content_base64 === undefined))
    throw configInvalid('/content', 'is required, or `content_base64`, and not both');
  return content === undefined
    ? { body: Buffer.from(content_base64 ?? '', 'base64'), type: content_type ?? 'application/octet-stream' }
    : { body: Buffer.from(content), type: content_type ?? 'text/plain; charset=utf-8' };
}
