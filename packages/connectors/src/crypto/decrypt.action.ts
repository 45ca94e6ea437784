/** Decrypts what `crypto.encrypt` made. */
import { credentialErrors, credentialName, dataInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { keyTextOf } from './encoding.ts';
import { open, sealingKey } from './sealed.ts';

export default defineAction({
  type: 'crypto.decrypt',
  title: 'Decrypt data',
  description:
    'Decrypts what `crypto.encrypt` made. What comes out stands in the journal, unless the step is marked `sensitive`.',
  category: 'data',
  icon: 'key-round',
  version: 1,
  config: Type.Object(
    {
      encrypted: Type.String({ minLength: 1, maxLength: 1_400_000, description: 'What `crypto.encrypt` gave.' }),
      key: credentialName('of the type `crypto_key`: the one that it was encrypted with.'),
      context: Type.Optional(Type.String({ maxLength: 1_024, description: 'The one that it was encrypted with.' })),
      encoding: Type.Optional(
        Type.Enum(['utf8', 'base64', 'hex'], { default: 'utf8', description: 'How it is written. Default: utf8.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ data: Type.String({ description: 'As `encoding` says.' }) }),
  errors: [dataInvalid('It was changed, or encrypted with another key or another `context`.'), ...credentialErrors],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run(context) {
    const { encrypted, key, context: bound = '', encoding = 'utf8' } = context.config;
    const sealing = sealingKey(await keyTextOf(context, key), key);
    return { data: open(encrypted, sealing, bound).toString(encoding) };
  },
});
