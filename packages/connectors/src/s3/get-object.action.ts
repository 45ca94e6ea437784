/** Reads an object of a store that speaks S3. */
import type { Json } from '@cloudflow/core/json.ts';
import { contentType, defineAction, type HttpResponse, jsonOf, responseInvalid, textOf } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { callS3, errors, key, store } from './s3-api.ts';

export default defineAction({
  type: 's3.get-object',
  title: 'Read an object of S3',
  description:
    'Reads a whole object, of up to 1 MB as an output. For what is larger, hand out an address with `s3.presign`.',
  category: 'storage',
  icon: 'archive',
  version: 1,
  config: Type.Object(
    {
      ...store,
      key,
      version_id: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024, description: 'Default: the latest.' })),
      response: Type.Optional(
        Type.Enum(['text', 'json', 'base64'], {
          default: 'text',
          description: 'How the object is read. Default: text.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    body: Type.Unknown({ description: 'As `response` says.' }),
    bytes: Type.Integer({ description: 'Of the object.' }),
    content_type: Type.String({ description: 'As it was written; may be empty.' }),
    etag: Type.String({ description: 'Of the object.' }),
    last_modified: Type.Union([Type.String(), Type.Null()], { description: 'RFC 3339.' }),
    metadata: Type.Record(Type.String(), Type.String(), {
      description: 'What was kept beside it, names in lower case.',
    }),
  }),
  errors: [...errors, { ...responseInvalid, description: 'The object was to be JSON and is not.' }],
  defaultTimeoutMs: 60_000,
  effect: 'external',

  async run(context) {
    const { key: name, version_id, response = 'text' } = context.config;
    const answer = await callS3(context, { method: 'GET', key: name, query: { versionId: version_id } });
    const { headers, body } = answer;
    const modified = Date.parse(String(headers['last-modified'] ?? ''));
    return {
      body: read(answer, response),
      bytes: body.length,
      content_type: contentType(headers),
      etag: String(headers['etag'] ?? '').replaceAll('"', ''),
      last_modified: Number.isNaN(modified) ? null : new Date(modified).toISOString(),
      metadata: metadataOf(headers),
    };
  },
});

function read(answer: HttpResponse, response: 'text' | 'json' | 'base64'): Json {
  if (response === 'base64') return Buffer.from(answer.body).toString('base64');
  return response === 'json' ? jsonOf(answer) : textOf(answer);
}

const prefix = 'x-amz-meta-';

function metadataOf(headers: HttpResponse['headers']): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(kept.map(([name, value]) => [name.slice(prefix.length), String(value)]));
}
