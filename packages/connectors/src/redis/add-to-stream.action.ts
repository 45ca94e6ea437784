/** Adds an entry to a stream of Redis. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { asText, credential, errors, key, withRedis } from './with-redis.ts';

export default defineAction({
  type: 'redis.add-to-stream',
  title: 'Add to a stream of Redis',
  description:
    'Adds an entry to a stream. A try whose answer is lost may have added it, and the next one adds it again: readers tell a repeat ' +
    'by the field `idempotency_key`, which every entry has.',
  category: 'storage',
  icon: 'layers',
  version: 1,
  config: Type.Object(
    {
      credential,
      key,
      fields: Type.Record(Type.String(), Type.Unknown(), {
        minProperties: 1,
        maxProperties: 1_000,
        description: 'What the entry holds: text as it is, everything else as JSON.',
      }),
      max_length: Type.Optional(
        Type.Integer({ minimum: 1, description: 'About so many entries are kept, the oldest go. Default: all.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ id: Type.String({ description: 'Of the entry, such as `1700000000000-0`.' }) }),
  errors,
  defaultTimeoutMs: 10_000,
  effect: 'external',

  async run(context) {
    const { key: name, fields, max_length: maxLength } = context.config;
    const all = { idempotency_key: context.idempotencyKey, ...fields };
    const texts = Object.entries(all).flatMap(([field, value]) => [field, asText(value)]);
    const bound = maxLength === undefined ? [] : ['MAXLEN', '~', String(maxLength)];
    return { id: String(await withRedis(context, (redis) => redis.call('XADD', name, ...bound, '*', ...texts))) };
  },
});
