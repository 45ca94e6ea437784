/** Signs data with a private key from a credential. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { credentialErrors, credentialName, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { bytesOf, data, dataEncoding, encoding, keyTextOf, keyUnusable } from './encoding.ts';
import { algorithm, keyProblem, signatureFormat, signatureOf } from './signature.ts';

export default defineAction({
  type: 'crypto.sign',
  title: 'Sign data',
  description:
    'Signs with a private key, so that whoever has the public one can check it with `crypto.verify` or anything else.',
  category: 'data',
  icon: 'key-round',
  version: 1,
  config: Type.Object(
    {
      data: data('What is signed.'),
      data_encoding: dataEncoding,
      key: credentialName('of the type `crypto_key`: a private key as PEM, not encrypted.'),
      algorithm,
      signature_format: signatureFormat,
      encoding,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ signature: Type.String({ description: 'As `encoding` says.' }) }),
  errors: [...credentialErrors],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run(context) {
    const { data: text, data_encoding, key: name, signature_format = 'jose', encoding: as = 'hex' } = context.config;
    const key = privateKey(await keyTextOf(context, name));
    const problem = key === undefined ? 'is no private key as PEM' : keyProblem(context.config.algorithm, key);
    if (key === undefined || problem !== undefined) throw keyUnusable(name, problem ?? '');
    const signing = { algorithm: context.config.algorithm, key, format: signature_format };
    return { signature: signatureOf(bytesOf(text, data_encoding), signing).toString(as) };
  },
});

/** Without the reason: it could repeat a part of the key. */
function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
