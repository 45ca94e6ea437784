/** Checks the signature of data with a public key. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { configInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { bytesOf, data, dataEncoding, decoded, encoding } from './encoding.ts';
import { algorithm, isSignature, keyProblem, signatureFormat } from './signature.ts';

export default defineAction({
  type: 'crypto.verify',
  title: 'Check a signature',
  description: 'Checks a signature. A wrong one is no error: `valid` is false.',
  category: 'data',
  icon: 'key-round',
  version: 1,
  config: Type.Object(
    {
      data: data('What was signed.'),
      data_encoding: dataEncoding,
      signature: Type.String({ maxLength: 4_096, description: 'Written as `encoding` says.' }),
      public_key: Type.String({
        minLength: 1,
        maxLength: 16_384,
        description: 'A public key or a certificate as PEM. Whether the certificate is to be trusted is not looked at.',
      }),
      algorithm,
      signature_format: signatureFormat,
      encoding,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    valid: Type.Boolean({ description: 'Whether it is the signature of this data with this key.' }),
  }),
  errors: [],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config }) {
    const { data: text, data_encoding, signature_format = 'jose', encoding: as = 'hex' } = config;
    const key = publicKey(config.public_key);
    const problem = keyProblem(config.algorithm, key);
    if (problem !== undefined) throw configInvalid('/public_key', problem);
    const signature = decoded(config.signature, as);
    const signing = { algorithm: config.algorithm, key, format: signature_format };
    return { valid: signature !== undefined && isSignature(signature, bytesOf(text, data_encoding), signing) };
  },
});

function publicKey(pem: string): KeyObject {
  // A private key would be taken too, and then stand in the journal.
  if (/PRIVATE KEY/.test(pem)) throw configInvalid('/public_key', 'is a private key: keep it in a credential');
  try {
    return createPublicKey(pem);
  } catch {
    throw configInvalid('/public_key', 'is no public key as PEM');
  }
}
