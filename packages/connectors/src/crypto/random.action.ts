/** Makes random bytes that nobody can guess. */
import { randomBytes } from 'node:crypto';
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

export default defineAction({
  type: 'crypto.random',
  title: 'Make a random value',
  description:
    'Makes random bytes that nobody can guess. The value is recorded, so that what depends on it sees the same one for ever; mark the ' +
    'step `sensitive` where nobody is to see it.',
  category: 'data',
  icon: 'key-round',
  version: 1,
  config: Type.Object(
    {
      bytes: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 4_096, default: 32, description: 'How many. Default: 32.' }),
      ),
      encoding: Type.Optional(
        Type.Enum(['hex', 'base64', 'base64url'], { default: 'base64url', description: 'Default: base64url.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ value: Type.String({ description: 'As `encoding` says.' }) }),
  errors: [],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: { bytes = 32, encoding = 'base64url' } }) {
    return { value: randomBytes(bytes).toString(encoding) };
  },
});
