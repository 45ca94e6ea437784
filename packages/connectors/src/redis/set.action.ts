/** Writes a value to Redis. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { asText, credential, errors, key, withRedis } from './with-redis.ts';

export default defineAction({
  type: 'redis.set',
  title: 'Set a value in Redis',
  description: 'Writes a value under a key, over what was there, or only where there is nothing or something.',
  category: 'storage',
  icon: 'layers',
  version: 1,
  config: Type.Object(
    {
      credential,
      key,
      value: Type.Unknown({ description: 'Text is written as it is, everything else as JSON.' }),
      expires_after_ms: Type.Optional(
        Type.Integer({ minimum: 1, description: 'The key goes after so many milliseconds. Default: it stays.' }),
      ),
      only_if: Type.Optional(
        Type.Enum(['absent', 'present'], {
          description:
            'Write only where the key is absent, or only where it is present. A second try after a lost answer finds the key of the ' +
            'first and says `written: false`.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ written: Type.Boolean({ description: 'False where `only_if` did not hold.' }) }),
  errors,
  defaultTimeoutMs: 10_000,
  effect: 'external',

  async run(context) {
    const { key: name, value, expires_after_ms: expiresAfterMs, only_if: onlyIf } = context.config;
    const options = [
      ...(expiresAfterMs === undefined ? [] : ['PX', String(expiresAfterMs)]),
      ...(onlyIf === undefined ? [] : [onlyIf === 'absent' ? 'NX' : 'XX']),
    ];
    const answer = await withRedis(context, (redis) => redis.call('SET', name, asText(value), ...options));
    return { written: answer === 'OK' };
  },
});
