/** Makes an address with which anybody may read or write one object for a time. */
import { ActionError, credentialErrors, credentialOf, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { addressOfObject, key, signerOf, store } from './s3-api.ts';

export default defineAction({
  type: 's3.presign',
  title: 'Make an address for an object of S3',
  description:
    'Makes an address with which whoever has it may read or write one object until it expires. Nothing is sent: that the bucket ' +
    'is there, and that the key may do this, shows when the address is used. It stands in the output: mark the step `sensitive` ' +
    'where those who see executions are not to use it.',
  category: 'storage',
  icon: 'archive',
  version: 1,
  config: Type.Object(
    {
      ...store,
      key,
      method: Type.Optional(Type.Enum(['GET', 'PUT'], { default: 'GET', description: 'Read or write. Default: GET.' })),
      expires_in: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 604_800,
          default: 3_600,
          description: 'Seconds. Default: 3600, at most a week.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    url: Type.String({ description: 'The address.' }),
    expires_at: Type.String({ description: 'RFC 3339.' }),
  }),
  errors: [...credentialErrors],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run(context) {
    const { key: name, method = 'GET', expires_in = 3_600, credential } = context.config;
    const account = await credentialOf(context, credential, ['aws']);
    // It would stand in the address, and be masked there.
    if (account.values['session_token'] !== undefined)
      throw new ActionError('An address would hold the session token: use a key without one', {
        code: 'credential_unusable',
        details: { credential },
      });
    const url = addressOfObject(context.config, account, name);
    url.searchParams.set('X-Amz-Expires', String(expires_in));
    const seconds = Math.floor(Date.now() / 1000);
    const datetime = new Date(seconds * 1000).toISOString().replace(/[:-]|\.\d{3}/g, '');
    const signed = await signerOf(context.config, account, { method, url: url.href, datetime, signQuery: true }).sign();
    return { url: signed.url.href, expires_at: new Date((seconds + expires_in) * 1000).toISOString() };
  },
});
