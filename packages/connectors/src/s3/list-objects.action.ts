/** Lists the objects of a bucket of a store that speaks S3. */
import { defineAction, responseInvalid } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { callS3, errors, store } from './s3-api.ts';
import { listedPage } from './s3-xml.ts';

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 1_024, description }));

export default defineAction({
  type: 's3.list-objects',
  title: 'List the objects of a bucket',
  description: 'Lists objects in the order of their keys, one page of up to 1,000 at a time.',
  category: 'storage',
  icon: 'archive',
  version: 1,
  config: Type.Object(
    {
      ...store,
      prefix: text('Only keys that begin with this.'),
      delimiter: text('Keys that have this after the prefix are given once, as `prefixes`; commonly `/`.'),
      start_after: text('Only keys after this one.'),
      max_keys: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Of a page. Default: 1,000.' })),
      token: text('`next_token` of the page before.'),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    objects: Type.Array(
      Type.Object({
        key: Type.String({ description: 'Name of the object.' }),
        size: Type.Integer({ description: 'In bytes.' }),
        etag: Type.String({ description: 'Of the object.' }),
        last_modified: Type.String({ description: 'RFC 3339.' }),
      }),
      { description: 'Of this page.' },
    ),
    prefixes: Type.Array(Type.String(), { description: 'With `delimiter`: what stands for several keys.' }),
    next_token: Type.Union([Type.String(), Type.Null()], { description: 'Null on the last page.' }),
  }),
  errors: [...errors, responseInvalid],
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { prefix, delimiter, start_after, max_keys, token } = context.config;
    const answer = await callS3(context, {
      method: 'GET',
      query: {
        'list-type': '2',
        'encoding-type': 'url',
        prefix,
        delimiter,
        'start-after': start_after,
        'max-keys': max_keys?.toString(),
        'continuation-token': token,
      },
    });
    return listedPage(answer);
  },
});
