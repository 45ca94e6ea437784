/** Encrypts data with a key from a credential. */
import { credentialErrors, credentialName, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { bytesOf, data, dataEncoding, keyTextOf } from './encoding.ts';
import { seal, sealingKey } from './sealed.ts';

export default defineAction({
  type: 'crypto.encrypt',
  title: 'Encrypt data',
  description:
    'Encrypts with AES-256-GCM: who has the key can read it with `crypto.decrypt`, and nobody can change it unseen. A step that is ' +
    'given what is secret is marked `sensitive`.',
  category: 'data',
  icon: 'key-round',
  version: 1,
  config: Type.Object(
    {
      data: data('What is encrypted.'),
      data_encoding: dataEncoding,
      key: credentialName('of the type `crypto_key`: 32 random bytes in base64 or hex (`openssl rand -base64 32`).'),
      context: Type.Optional(
        Type.String({
          maxLength: 1_024,
          description: 'What it belongs to, such as a customer: to decrypt it takes the same.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    encrypted: Type.String({ description: 'base64url; another one each time, also for the same data.' }),
  }),
  errors: [...credentialErrors],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run(context) {
    const { data: text, data_encoding, key, context: bound = '' } = context.config;
    const sealing = sealingKey(await keyTextOf(context, key), key);
    return { encrypted: seal(bytesOf(text, data_encoding), sealing, bound) };
  },
});
