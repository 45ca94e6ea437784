/** Makes the digest of data. */
import { createHash } from 'node:crypto';
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { bytesOf, data, dataEncoding, encoding } from './encoding.ts';

export default defineAction({
  type: 'crypto.hash',
  title: 'Hash data',
  description:
    'Makes a digest. It proves nothing about who made it (for that there is `crypto.hmac`), and hides no password.',
  category: 'data',
  icon: 'key-round',
  version: 1,
  config: Type.Object(
    {
      data: data('What is hashed.'),
      data_encoding: dataEncoding,
      algorithm: Type.Optional(
        Type.Enum(['sha256', 'sha384', 'sha512', 'sha3-256', 'sha1', 'md5'], {
          default: 'sha256',
          description: 'Default: sha256. `sha1` and `md5` can be forged: only for what asks for them.',
        }),
      ),
      encoding,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ digest: Type.String({ description: 'As `encoding` says.' }) }),
  errors: [],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: { data: text, data_encoding, algorithm = 'sha256', encoding: as = 'hex' } }) {
    return { digest: createHash(algorithm).update(bytesOf(text, data_encoding)).digest(as) };
  },
});
