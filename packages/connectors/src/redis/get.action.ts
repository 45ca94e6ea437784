/** Reads a value from Redis. */
import { ActionError, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { credential, errors, key, withRedis } from './with-redis.ts';

export default defineAction({
  type: 'redis.get',
  title: 'Get a value from Redis',
  description: 'Reads the text under a key.',
  category: 'storage',
  icon: 'layers',
  version: 1,
  config: Type.Object(
    {
      credential,
      key,
      as: Type.Optional(
        Type.Enum(['text', 'json'], { default: 'text', description: '`json`: the value is parsed. Default: `text`.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ value: Type.Unknown({ description: 'Null when there is no such key.' }) }),
  errors: [
    ...errors,
    { code: 'response_invalid', retryable: 'never', description: 'The value was to be JSON and is not.' },
  ],
  defaultTimeoutMs: 10_000,
  effect: 'external',

  async run(context) {
    const { key: name, as } = context.config;
    const value = await withRedis(context, (redis) => redis.get(name));
    if (as !== 'json' || value === null) return { value };
    try {
      return { value: JSON.parse(value) as unknown };
    } catch (cause) {
      throw new ActionError('The value is not JSON', { code: 'response_invalid', cause });
    }
  },
});
