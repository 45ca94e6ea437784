import type { TypedAction } from '@cloudflow/sdk/index.ts';
import { fakeContext, type HttpMock, runAction } from '@cloudflow/sdk/testing/index.ts';
import fc from 'fast-check';
import type { Static, TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import deleteObject from './delete-object.action.ts';
import getObject from './get-object.action.ts';
import listObjects from './list-objects.action.ts';
import presign from './presign.action.ts';
import putObject from './put-object.action.ts';
import { signatureProblem } from './testing/verify-signature.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const aws = { access_key_id: 'AKIAIOSFODNN7EXAMPLE', secret_access_key: secret };
const credentials = {
  aws: { type: 'aws', values: { ...aws, region: 'eu-central-1' } },
  session: { type: 'aws', values: { ...aws, session_token: 'session' } },
  minio: { type: 'aws', values: { ...aws, endpoint: 'https://minio.corp.example:9000/' } },
};
const place = { credential: 'aws', bucket: 'examplebucket' };

async function run<Config extends TSchema, Output extends TSchema>(
  action: TypedAction<Config, Output>,
  config: Static<Config>,
  ...http: HttpMock[]
) {
  const context = fakeContext({ config, credentials, http });
  const outcome = await runAction(action, context as never).catch((error: unknown) => error);
  const [request] = context.requests;
  const signed = { method: 'GET', headers: {}, url: '', ...request };
  return { outcome, request, problem: request && signatureProblem(signed, secret) };
}

describe('the check of signatures', () => {
  const host = 'https://examplebucket.s3.amazonaws.com';
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const date = '20130524T000000Z';
  const authorization = (signedHeaders: string, signature: string) =>
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signedHeaders},Signature=${signature}`;

  // The examples of "Signature Calculations for the Authorization Header" and of "Using Query Parameters" of AWS.
  it.each([
    [
      'GET object',
      {
        method: 'GET',
        url: `${host}/test.txt`,
        headers: {
          range: 'bytes=0-9',
          'x-amz-content-sha256': empty,
          'x-amz-date': date,
          authorization: authorization(
            'host;range;x-amz-content-sha256;x-amz-date',
            'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
          ),
        },
      },
    ],
    [
      'PUT object',
      {
        method: 'PUT',
        url: `${host}/test%24file.text`,
        body: 'Welcome to Amazon S3.',
        headers: {
          date: 'Fri, 24 May 2013 00:00:00 GMT',
          'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
          'x-amz-date': date,
          'x-amz-storage-class': 'REDUCED_REDUNDANCY',
          authorization: authorization(
            'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
            '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
          ),
        },
      },
    ],
    [
      'list objects',
      {
        method: 'GET',
        url: `${host}/?max-keys=2&prefix=J`,
        headers: {
          'x-amz-content-sha256': empty,
          'x-amz-date': date,
          authorization: authorization(
            'host;x-amz-content-sha256;x-amz-date',
            '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
          ),
        },
      },
    ],
    [
      'presigned GET',
      {
        method: 'GET',
        url: `${host}/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=${date}&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
        headers: {},
      },
    ],
  ])('agrees with the published example of %s', (_what, request) => {
    expect(signatureProblem(request, secret)).toBeUndefined();
    expect(signatureProblem(request, `${secret}x`)).toContain('not that of');
  });
});

describe('s3.put-object', () => {
  const written = { headers: { etag: '"9a0364b9e99bb480dd25e1f0284c8555"', 'x-amz-version-id': 'v1' } };

  it('writes an object, signed with its digest and its metadata', async () => {
    const config = { ...place, key: 'a/b.txt', content: 'Grüezi', metadata: { Owner: 'ann lee' }, only_if_new: true };
    const { outcome, request, problem } = await run(putObject, config, written);
    expect(outcome).toEqual({ etag: '9a0364b9e99bb480dd25e1f0284c8555', version_id: 'v1', bytes: 7 });
    expect(problem).toBeUndefined();
    expect(request).toMatchObject({
      method: 'PUT',
      url: 'https://examplebucket.s3.eu-central-1.amazonaws.com/a/b.txt',
    });
    expect(request?.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-amz-meta-owner': 'ann lee',
      'if-none-match': '*',
    });
    expect(request?.headers?.['authorization']).toContain(
      'if-none-match;x-amz-content-sha256;x-amz-date;x-amz-meta-owner',
    );
  });

  it.each([
    [{ ...place, credential: 'minio' }, 'https://minio.corp.example:9000/examplebucket/k'],
    [{ ...place, endpoint: 'http://127.0.0.1:4568' }, 'http://127.0.0.1:4568/examplebucket/k'],
    [{ ...place, bucket: 'with.dots' }, 'https://s3.eu-central-1.amazonaws.com/with.dots/k'],
    [{ ...place, region: 'cn-north-1' }, 'https://examplebucket.s3.cn-north-1.amazonaws.com.cn/k'],
    [{ ...place, credential: 'session' }, 'https://examplebucket.s3.us-east-1.amazonaws.com/k'],
  ])('finds the store: %j', async (where, url) => {
    const { request, problem } = await run(putObject, { ...where, key: 'k', content_base64: 'AAE=' }, written);
    expect(request?.url).toBe(url);
    expect(problem).toBeUndefined();
    expect(request?.headers?.['x-amz-security-token']).toBe(where.credential === 'session' ? 'session' : undefined);
    expect(request?.body).toEqual(Buffer.from([0, 1]));
  });

  it('signs whatever a key may hold as it is sent', async () => {
    const part = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !/^\.{1,2}$/.test(text));
    const keys = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(
        keys.filter((name) => !name.split('/').some((each) => each === '.' || each === '..') && name.isWellFormed()),
        async (name) => {
          const { request, problem } = await run(putObject, { ...place, key: name, content: 'x' }, written);
          expect(problem).toBeUndefined();
          expect(decodeURIComponent(new URL(request?.url ?? '').pathname.slice(1))).toBe(name);
        },
      ),
      { numRuns: 200 },
    );
    for (const name of ["a b+c%20d&e=f?g#h!'()*~", 'ü/日本/🙂', '/leading//double/']) {
      const { problem } = await run(putObject, { ...place, key: name, content: 'x' }, written);
      expect(problem).toBeUndefined();
    }
  });

  it.each([
    [{ key: 'a/../b', content: 'x' }, '/key'],
    [{ key: '.', content: 'x' }, '/key'],
    [{ key: 'k', content: 'x', endpoint: 'http://[x' }, '/endpoint'],
    [{ key: 'k' }, '/content'],
    [{ key: 'k', content: 'x', content_base64: 'eA==' }, '/content'],
  ])('refuses %j', async (more, pointer) => {
    const { outcome, request } = await run(putObject, { ...place, ...more });
    expect(outcome).toMatchObject({ code: 'config_invalid', details: { pointer } });
    expect(request).toBeUndefined();
  });

  const xml = (code: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>Because.</Message><RequestId>R1</RequestId></Error>`;
  it.each([
    [403, 'SignatureDoesNotMatch', 'ActionError'],
    [404, 'NoSuchBucket', 'ActionError'],
    [412, 'PreconditionFailed', 'ActionError'],
    [301, 'PermanentRedirect', 'ActionError'],
    [503, 'SlowDown', 'RetryableError'],
    [500, 'InternalError', 'RetryableError'],
  ])('takes %i %s as a %s', async (status, code, name) => {
    const headers = { 'x-amz-bucket-region': 'us-west-2' };
    const { outcome } = await run(
      putObject,
      { ...place, key: 'k', content: 'x' },
      { status, headers, body: xml(code) },
    );
    expect(outcome).toMatchObject({
      name,
      code: 'provider_refused',
      details: { status, error: code, message: 'Because.', request_id: 'R1', region: 'us-west-2' },
    });
  });
});

describe('s3.get-object', () => {
  const answer = {
    headers: {
      'content-type': 'application/json',
      etag: '"e"',
      'last-modified': 'Wed, 12 Oct 2009 17:50:00 GMT',
      'x-amz-meta-owner': 'ann',
    },
    body: '{"a":1}',
  };

  it.each([
    [undefined, '{"a":1}'],
    ['json', { a: 1 }],
    ['base64', 'eyJhIjoxfQ=='],
  ] as const)('reads it as %s', async (response, body) => {
    const config = { ...place, key: 'a b.json', ...(response === undefined ? {} : { response }) };
    const { outcome, problem } = await run(getObject, config, answer);
    expect(problem).toBeUndefined();
    expect(outcome).toEqual({
      body,
      bytes: 7,
      content_type: 'application/json',
      etag: 'e',
      last_modified: '2009-10-12T17:50:00.000Z',
      metadata: { owner: 'ann' },
    });
  });

  it('reads an earlier version', async () => {
    const { request, problem } = await run(getObject, { ...place, key: 'k', version_id: 'a+b/c=' }, answer);
    expect(request?.url).toContain('?versionId=a%2Bb%2Fc%3D');
    expect(problem).toBeUndefined();
  });
});

describe('s3.delete-object', () => {
  it('deletes', async () => {
    const { outcome, request, problem } = await run(deleteObject, { ...place, key: 'k' }, { status: 204 });
    expect(outcome).toEqual({ delete_marker: false });
    expect(request?.method).toBe('DELETE');
    expect(problem).toBeUndefined();
  });
});

describe('s3.list-objects', () => {
  const page = (inside: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>${inside}</ListBucketResult>`;
  const entry = (key: string) =>
    `<Contents><Key>${key}</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;fba9&quot;</ETag><Size>434234</Size><StorageClass>STANDARD</StorageClass></Contents>`;

  it('gives a page, with keys that XML cannot hold, and the token of the next', async () => {
    const next = '<IsTruncated>true</IsTruncated><NextContinuationToken>1ueGc==</NextContinuationToken>';
    const body = page(`${next}${entry('a%00b+c%2Bd')}<CommonPrefixes><Prefix>photos%2F</Prefix></CommonPrefixes>`);
    const config = { ...place, prefix: 'a b&c', delimiter: '/', max_keys: 2, token: 'x+/=' };
    const { outcome, request, problem } = await run(listObjects, config, { body });
    expect(outcome).toEqual({
      objects: [{ key: 'a\0b c+d', size: 434234, etag: 'fba9', last_modified: '2009-10-12T17:50:30.000Z' }],
      prefixes: ['photos/'],
      next_token: '1ueGc==',
    });
    expect(problem).toBeUndefined();
    expect(new URL(request?.url ?? '').search).toContain('prefix=a%20b%26c');
  });

  it('gives an empty page', async () => {
    const { outcome } = await run(listObjects, place, {
      body: page('<KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>'),
    });
    expect(outcome).toEqual({ objects: [], prefixes: [], next_token: null });
  });

  it.each(['<html></html>', 'nothing', `<!DOCTYPE x [<!ENTITY a "b">]>${page(entry('&a;'))}`])(
    'takes %j for no list',
    async (body) => {
      expect((await run(listObjects, place, { body })).outcome).toMatchObject({ code: 'response_invalid' });
    },
  );
});

describe('s3.presign', () => {
  it.each(['GET', 'PUT'] as const)(
    'makes an address for a %s that the store accepts until it expires',
    async (method) => {
      const config = { ...place, key: 'a b/ü.txt', method, expires_in: 60 };
      const { outcome, request } = await run(presign, config);
      const { url, expires_at } = outcome as { url: string; expires_at: string };
      expect(request).toBeUndefined();
      expect(signatureProblem({ method, url, headers: {} }, secret)).toBeUndefined();
      expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('60');
      expect(Math.abs(Date.parse(expires_at) - Date.now() - 60_000)).toBeLessThan(10_000);
      expect(url).not.toContain(secret);
    },
  );

  it('makes none with a session token, which would stand in it', async () => {
    const { outcome } = await run(presign, { ...place, credential: 'session', key: 'k' });
    expect(outcome).toMatchObject({ code: 'credential_unusable' });
  });
});
