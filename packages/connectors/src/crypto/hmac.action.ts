/** Makes or checks the authentication code of data, with a key from a credential. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { credentialErrors, credentialName, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import {
  bytesOf,
  data,
  dataEncoding,
  decoded,
  encoding,
  keyEncoding,
  keyName,
  keyTextOf,
  keyUnusable,
} from './encoding.ts';

export default defineAction({
  type: 'crypto.hmac',
  title: 'Authenticate data (HMAC)',
  description:
    'Makes the code with which a receiver that has the same key knows where data comes from; with `expected` it checks one, in a ' +
    'time that tells nothing of it.',
  category: 'data',
  icon: 'key-round',
  version: 1,
  config: Type.Object(
    {
      data: data('What is authenticated.'),
      data_encoding: dataEncoding,
      key: credentialName(keyName),
      key_encoding: keyEncoding,
      algorithm: Type.Optional(
        Type.Enum(['sha256', 'sha384', 'sha512', 'sha1'], { default: 'sha256', description: 'Default: sha256.' }),
      ),
      encoding,
      expected: Type.Optional(
        Type.String({ maxLength: 1_024, description: 'A code to compare with, written as `encoding` says.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    mac: Type.Union([Type.String(), Type.Null()], { description: 'As `encoding` says; null where one was checked.' }),
    matches: Type.Union([Type.Boolean(), Type.Null()], { description: 'Of `expected`; null without one.' }),
  }),
  errors: [...credentialErrors],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run(context) {
    const { data: text, data_encoding, key: name, key_encoding, algorithm = 'sha256', expected } = context.config;
    const { encoding: as = 'hex' } = context.config;
    const key = decoded(await keyTextOf(context, name), key_encoding ?? 'utf8');
    if (key === undefined) throw keyUnusable(name, `is not ${key_encoding}`);
    const mac = createHmac(algorithm, key).update(bytesOf(text, data_encoding)).digest();
    if (expected === undefined) return { mac: mac.toString(as), matches: null };
    // The right one is not given away to whoever sees the output.
    const given = decoded(expected, as);
    return { mac: null, matches: given?.length === mac.length && timingSafeEqual(given, mac) };
  },
});
