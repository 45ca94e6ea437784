/** Puts values into a list of Redis. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { asText, credential, errors, key, withRedis } from './with-redis.ts';

export default defineAction({
  type: 'redis.push',
  title: 'Push to a list of Redis',
  description:
    'Puts values at the end of a list, or at its beginning. A try whose answer is lost may have pushed, and the next one pushes again.',
  category: 'storage',
  icon: 'layers',
  version: 1,
  config: Type.Object(
    {
      credential,
      key,
      values: Type.Array(Type.Unknown(), {
        minItems: 1,
        maxItems: 10_000,
        description: 'Text goes as it is, everything else as JSON; in this order.',
      }),
      end: Type.Optional(
        Type.Enum(['left', 'right'], { default: 'right', description: 'Where. Default: `right`, the end.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ length: Type.Integer({ minimum: 0, description: 'Of the list, with them.' }) }),
  errors,
  defaultTimeoutMs: 10_000,
  effect: 'external',

  async run(context) {
    const { key: name, values, end } = context.config;
    const texts = values.map(asText);
    const length = await withRedis(context, (redis) =>
      end === 'left' ? redis.lpush(name, ...texts) : redis.rpush(name, ...texts),
    );
    return { length };
  },
});
