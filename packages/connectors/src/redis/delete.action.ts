/** Deletes keys from Redis. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { credential, errors, key, withRedis } from './with-redis.ts';

export default defineAction({
  type: 'redis.delete',
  title: 'Delete keys from Redis',
  description: 'Deletes keys, whatever they hold; that one is not there is no error.',
  category: 'storage',
  icon: 'layers',
  version: 1,
  config: Type.Object(
    { credential, keys: Type.Array(key, { minItems: 1, maxItems: 10_000, description: 'What goes.' }) },
    { additionalProperties: false },
  ),
  output: Type.Object({ deleted: Type.Integer({ minimum: 0, description: 'How many of them were there.' }) }),
  errors,
  defaultTimeoutMs: 10_000,
  effect: 'external',

  async run(context) {
    return { deleted: await withRedis(context, (redis) => redis.del(...context.config.keys)) };
  },
});
