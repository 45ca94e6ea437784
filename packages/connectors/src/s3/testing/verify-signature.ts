/**
 * Signature Version 4 as a store checks it: written from AWS's description ("Authenticating Requests", S3 API reference) and
 * from nothing of the library that signs, so that the two can only agree by being right.
 */
import { createHash, createHmac } from 'node:crypto';

export type SignedRequest = {
  readonly method: string;
  /** As it was on the wire, path and query encoded. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: Uint8Array | string;
};

/** What is wrong with the signature; undefined when it is right. */
export function signatureProblem(request: SignedRequest, secret: string): string | undefined {
  const url = new URL(request.url);
  const raw = request.url.slice(url.origin.length);
  const [path = '/', query = ''] = raw.split('?');
  const pairs = query === '' ? [] : query.split('&').map((pair) => pair.split('=') as [string, string?]);
  const isPresigned = pairs.some(([name]) => name === 'X-Amz-Signature');
  const given = isPresigned ? fromQuery(pairs) : fromHeader(request.headers);
  if (given === undefined) return 'no signature';
  const digest = isPresigned ? 'UNSIGNED-PAYLOAD' : (request.headers['x-amz-content-sha256'] ?? '');
  if (!isPresigned && digest !== sha256(request.body ?? '')) return 'the digest is not that of the body';
  const headers: Readonly<Record<string, string | undefined>> = { ...request.headers, host: url.host };
  const canonical = [
    request.method,
    path,
    pairs
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map(([name, value = '']) => `${reencoded(name)}=${reencoded(value)}`)
      .sort()
      .join('&'),
    ...given.signedHeaders.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    given.signedHeaders.join(';'),
    digest,
  ].join('\n');
  const scope = given.scope.join('/');
  const toSign = ['AWS4-HMAC-SHA256', given.date, scope, sha256(canonical)].join('\n');
  const signingKey = given.scope.reduce<Buffer | string>((key, part) => hmac(key, part), `AWS4${secret}`);
  const expected = hmac(signingKey, toSign).toString('hex');
  return expected === given.signature ? undefined : `the signature is not that of\n${canonical}`;
}

type Given = {
  readonly signature: string;
  readonly signedHeaders: readonly string[];
  readonly date: string;
  /** Day, region, service, `aws4_request`. */
  readonly scope: readonly string[];
};

function fromHeader(headers: SignedRequest['headers']): Given | undefined {
  const fields = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    headers['authorization'] ?? '',
  );
  if (!fields) return undefined;
  const [, credential = '', signedHeaders = '', signature = ''] = fields;
  const date = headers['x-amz-date'] ?? '';
  return { signature, signedHeaders: signedHeaders.split(';'), date, scope: credential.split('/').slice(1) };
}

function fromQuery(pairs: readonly [string, string?][]): Given | undefined {
  const values = new Map(pairs.map(([name, value = '']) => [name, decodeURIComponent(value)]));
  return {
    signature: values.get('X-Amz-Signature') ?? '',
    signedHeaders: (values.get('X-Amz-SignedHeaders') ?? '').split(';'),
    date: values.get('X-Amz-Date') ?? '',
    scope: (values.get('X-Amz-Credential') ?? '').split('/').slice(1),
  };
}

/** A store decodes the query, `+` as a space, and encodes it again in one way. */
function reencoded(text: string): string {
  return encodeURIComponent(decodeURIComponent(text.replaceAll('+', '%20'))).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
