/** Takes values out of a list of Redis. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { credential, errors, key, withRedis } from './with-redis.ts';

export default defineAction({
  type: 'redis.pop',
  title: 'Pop from a list of Redis',
  description:
    'Takes values from the beginning of a list, or from its end. What a try took whose answer is lost is gone: where that matters, ' +
    'read from a stream instead.',
  category: 'storage',
  icon: 'layers',
  version: 1,
  config: Type.Object(
    {
      credential,
      key,
      count: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 10_000, default: 1, description: 'At most so many. Default: 1.' }),
      ),
      end: Type.Optional(
        Type.Enum(['left', 'right'], { default: 'left', description: 'Where. Default: `left`, the beginning.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    values: Type.Array(Type.String(), {
      description: 'As text, in the order in which they were taken; empty when there was nothing.',
    }),
  }),
  errors,
  defaultTimeoutMs: 10_000,
  effect: 'external',

  async run(context) {
    const { key: name, count = 1, end } = context.config;
    const values = await withRedis(context, (redis) =>
      end === 'right' ? redis.rpop(name, count) : redis.lpop(name, count),
    );
    return { values: values ?? [] };
  },
});
