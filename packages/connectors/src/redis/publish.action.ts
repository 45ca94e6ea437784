/** Publishes to a channel of Redis. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { asText, credential, errors, withRedis } from './with-redis.ts';

export default defineAction({
  type: 'redis.publish',
  title: 'Publish to a channel of Redis',
  description: 'Sends a message to whoever listens on a channel just now; nobody else will ever see it.',
  category: 'storage',
  icon: 'layers',
  version: 1,
  config: Type.Object(
    {
      credential,
      channel: Type.String({ minLength: 1, maxLength: 65_536, description: 'The channel.' }),
      message: Type.Unknown({ description: 'Text is sent as it is, everything else as JSON.' }),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    receivers: Type.Integer({
      minimum: 0,
      description: 'How many listened at this server; those of a cluster are not known.',
    }),
  }),
  errors,
  defaultTimeoutMs: 10_000,
  effect: 'external',

  async run(context) {
    const { channel, message } = context.config;
    return { receivers: await withRedis(context, (redis) => redis.publish(channel, asText(message))) };
  },
});
