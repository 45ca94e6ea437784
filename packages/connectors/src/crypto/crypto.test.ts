import { generateKeyPairSync } from 'node:crypto';
import type { TypedAction } from '@cloudflow/sdk/index.ts';
import { fakeContext, runAction } from '@cloudflow/sdk/testing/index.ts';
import type { Static, TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import decrypt from './decrypt.action.ts';
import encrypt from './encrypt.action.ts';
import hash from './hash.action.ts';
import hmac from './hmac.action.ts';
import random from './random.action.ts';
import sign from './sign.action.ts';
import verify from './verify.action.ts';

const aKey = (key: string) => ({ type: 'crypto_key', values: { key } });
const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  small: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  ed: generateKeyPairSync('ed25519'),
};
const pem = (name: keyof typeof pairs) => String(pairs[name].publicKey.export({ type: 'spki', format: 'pem' }));
const secretPem = (name: keyof typeof pairs) => String(pairs[name].privateKey.export({ type: 'pkcs8', format: 'pem' }));

const credentials = {
  jefe: aKey('Jefe'),
  hex: aKey('0b'.repeat(20)),
  aes: aKey(Buffer.alloc(32, 7).toString('base64')),
  other: aKey('08'.repeat(32)),
  short: aKey('c2hvcnQ='),
  text: { type: 'generic', values: { value: 'x' } },
  rsa: aKey(secretPem('rsa')),
  small: aKey(secretPem('small')),
  ec: aKey(secretPem('ec')),
  ed: aKey(secretPem('ed')),
};

const run = <Config extends TSchema, Output extends TSchema>(
  action: TypedAction<Config, Output>,
  config: Static<Config>,
): Promise<Static<Output>> => runAction(action, fakeContext({ config, credentials }) as never);

describe('crypto.hash', () => {
  it.each([
    ['sha256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['md5', '900150983cd24fb0d6963f7d28e17f72'],
    ['sha3-256', '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532'],
  ] as const)('makes the published %s of "abc"', async (algorithm, digest) => {
    expect(await run(hash, { data: 'abc', algorithm })).toEqual({ digest });
    expect(await run(hash, { data: 'YWJj', data_encoding: 'base64', algorithm })).toEqual({ digest });
    expect(await run(hash, { data: '616263', data_encoding: 'hex', algorithm, encoding: 'base64' })).toEqual({
      digest: Buffer.from(digest, 'hex').toString('base64'),
    });
  });

  it('refuses what would be read as something else', async () => {
    for (const [data, data_encoding] of [
      ['abc', 'hex'],
      ['zz', 'hex'],
      ['a*b', 'base64'],
    ] as const)
      await expect(run(hash, { data, data_encoding })).rejects.toMatchObject({
        code: 'config_invalid',
        details: { pointer: '/data' },
      });
  });
});

describe('crypto.hmac', () => {
  // RFC 4231, test cases 1 and 2.
  const cases = [
    [
      'jefe',
      'utf8',
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    ['hex', 'hex', 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  ] as const;

  it.each(cases)('makes the published code with the key %s', async (key, key_encoding, data, mac) => {
    expect(await run(hmac, { data, key, key_encoding })).toEqual({ mac, matches: null });
  });

  it.each(cases)('checks one with the key %s, and gives none away', async (key, key_encoding, data, mac) => {
    const check = (expected: string) => run(hmac, { data, key, key_encoding, expected });
    expect(await check(mac)).toEqual({ mac: null, matches: true });
    for (const wrong of [mac.replace(/^./, '0'), mac.slice(2), '', 'not hex'])
      expect(await check(wrong)).toEqual({ mac: null, matches: false });
  });

  it('takes only a key of the right type and encoding', async () => {
    await expect(run(hmac, { data: 'x', key: 'text' })).rejects.toMatchObject({ code: 'credential_unusable' });
    await expect(run(hmac, { data: 'x', key: 'jefe', key_encoding: 'hex' })).rejects.toMatchObject({
      code: 'credential_unusable',
    });
  });
});

describe('crypto.sign and crypto.verify', () => {
  it.each([
    ['RS256', 'rsa'],
    ['PS512', 'rsa'],
    ['ES256', 'ec'],
    ['EdDSA', 'ed'],
  ] as const)('%s: what one signs the other accepts, and nothing else', async (algorithm, key) => {
    for (const signature_format of ['jose', 'der'] as const) {
      const facts = { algorithm, signature_format, encoding: 'base64url' } as const;
      const { signature } = await run(sign, { data: 'Grüezi', key, ...facts });
      const check = (more: object) =>
        run(verify, { data: 'Grüezi', signature, public_key: pem(key), ...facts, ...more });
      expect(await check({})).toEqual({ valid: true });
      expect(await check({ data: 'Gruezi' })).toEqual({ valid: false });
      expect(await check({ signature: 'AAAA' })).toEqual({ valid: false });
      expect(await check({ signature: '***' })).toEqual({ valid: false });
    }
  });

  it('agrees with the example of RFC 8037 (Ed25519)', async () => {
    const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    const { createPublicKey } = await import('node:crypto');
    const public_key = String(createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }));
    const signature = 'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';
    const data = 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc';
    const config = { data, signature, public_key, algorithm: 'EdDSA', encoding: 'base64url' } as const;
    expect(await run(verify, config)).toEqual({ valid: true });
  });

  it.each([
    ['RS256', 'ec'],
    ['ES384', 'ec'],
    ['EdDSA', 'rsa'],
    ['RS256', 'small'],
    ['RS256', 'jefe'],
  ] as const)('%s does not take the key %s, and says nothing of it', async (algorithm, key) => {
    const error = await run(sign, { data: 'x', key, algorithm }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'credential_unusable', details: { credential: key } });
    expect(String(error)).not.toContain('BEGIN');
  });

  it('takes no private key where it would be seen', async () => {
    const config = { data: 'x', signature: '', public_key: secretPem('rsa'), algorithm: 'RS256' } as const;
    await expect(run(verify, config)).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(run(verify, { ...config, public_key: 'x' })).rejects.toMatchObject({ code: 'config_invalid' });
  });
});

describe('crypto.encrypt and crypto.decrypt', () => {
  it('give back what was encrypted, which looks different each time', async () => {
    const config = { data: 'Grüezi 🙂', key: 'aes', context: 'customer-7' };
    const [first, second] = [await run(encrypt, config), await run(encrypt, config)];
    expect(first.encrypted).not.toBe(second.encrypted);
    for (const { encrypted } of [first, second])
      expect(await run(decrypt, { encrypted, key: 'aes', context: 'customer-7' })).toEqual({ data: config.data });
    const raw = await run(encrypt, { data: 'AAE=', data_encoding: 'base64', key: 'other' });
    expect(await run(decrypt, { ...raw, key: 'other', encoding: 'hex' })).toEqual({ data: '0001' });
  });

  it('open nothing with another key or context, or after a change', async () => {
    const { encrypted } = await run(encrypt, { data: 'x', key: 'aes', context: 'a' });
    const bytes = Buffer.from(encrypted, 'base64url');
    const changed = Array.from(bytes.keys(), (at) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return { encrypted: copy.toString('base64url'), key: 'aes', context: 'a' };
    });
    const others = [
      { encrypted, key: 'other', context: 'a' },
      { encrypted, key: 'aes', context: 'b' },
      { encrypted, key: 'aes' },
      { encrypted: encrypted.slice(0, -4), key: 'aes', context: 'a' },
      { encrypted: 'AQ', key: 'aes', context: 'a' },
      { encrypted: '***', key: 'aes', context: 'a' },
    ];
    for (const config of [...changed, ...others])
      await expect(run(decrypt, config)).rejects.toMatchObject({ name: 'ActionError', code: 'data_invalid' });
  });

  it('take only a key of 32 bytes', async () => {
    await expect(run(encrypt, { data: 'x', key: 'short' })).rejects.toMatchObject({ code: 'credential_unusable' });
  });
});

describe('crypto.random', () => {
  it('makes as many bytes as it is told to, others each time', async () => {
    const values = await Promise.all(Array.from({ length: 50 }, () => run(random, { bytes: 16, encoding: 'hex' })));
    expect(new Set(values.map(({ value }) => value)).size).toBe(50);
    for (const { value } of values) expect(value).toMatch(/^[0-9a-f]{32}$/);
    expect(Buffer.from((await run(random, {})).value, 'base64url')).toHaveLength(32);
  });
});
