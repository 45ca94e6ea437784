/** Counts in Redis. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { credential, errors, key, withRedis } from './with-redis.ts';

export default defineAction({
  type: 'redis.increment',
  title: 'Increment a counter in Redis',
  description:
    'Adds to the whole number under a key, which begins at 0. A try whose answer is lost may have counted, and the next one ' +
    'counts again: where that matters, use `delivery: "at_most_once"`.',
  category: 'storage',
  icon: 'layers',
  version: 1,
  config: Type.Object(
    {
      credential,
      key,
      by: Type.Optional(
        Type.Integer({ default: 1, description: 'What is added; below 0 it is taken away. Default: 1.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    value: Type.Union([Type.Integer(), Type.String()], { description: 'What it is now; as text beyond 2^53.' }),
  }),
  errors,
  defaultTimeoutMs: 10_000,
  effect: 'external',

  async run(context) {
    const { key: name, by = 1 } = context.config;
    // Asked for as text: a number of JavaScript would have lost digits by then.
    const value = await withRedis(context, async (redis) => {
      const results = (await redis.multi().incrby(name, by).get(name).exec()) ?? [];
      const refused = results.find(([error]) => error !== null)?.[0];
      if (refused) throw refused;
      return String(results[1]?.[1]);
    });
    return { value: Number.isSafeInteger(Number(value)) ? Number(value) : value };
  },
});
