/** The API of S3, which many stores speak: where an object is, one signed request, and what its refusals mean. */
import { createHash } from 'node:crypto';
import {
  type ActionContext,
  type ActionError,
  type Credential,
  configInvalid,
  connectionErrors,
  credentialErrors,
  credentialName,
  credentialOf,
  excerptOf,
  type HttpResponse,
  providerRefused,
  refusalOf,
} from '@cloudflow/sdk/index.ts';
import { AwsV4Signer } from 'aws4fetch';
import Type from 'typebox';
import { fieldIn } from './s3-xml.ts';

export const store = {
  credential: credentialName('of the type `aws`.'),
  bucket: Type.String({
    pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    description: 'Name of the bucket.',
  }),
  region: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9-]{1,40}$',
      description: 'Of the bucket. Default: that of the credential, else `us-east-1`.',
    }),
  ),
  endpoint: Type.Optional(
    Type.String({
      pattern: '^https?://',
      maxLength: 2_048,
      description:
        'Where the store is, when it is not AWS, such as `https://minio.example:9000`; the bucket stands in the path then. ' +
        'Default: that of the credential. A credential goes only to the hosts it is for.',
    }),
  ),
};

export const key = Type.String({
  minLength: 1,
  maxLength: 1_024,
  description: 'Name of the object, such as `reports/2026/11.csv`; no part of it may be `.` or `..`.',
});

export const errors = [
  providerRefused('`details.error` is the code of S3, such as `NoSuchKey` or `AccessDenied`.'),
  ...connectionErrors,
  ...credentialErrors,
];

export type Place = Readonly<{ credential: string; bucket: string; region?: string; endpoint?: string }>;

/** Throws `config_invalid` for a key that an address cannot hold. */
export function addressOfObject(place: Place, { values }: Credential, name = ''): URL {
  const endpoint = place.endpoint ?? values['endpoint'];
  const path = name.split('/').map(encodedPart).join('/');
  if (name.split('/').some((part) => part === '.' || part === '..'))
    throw configInvalid('/key', 'has a part that is `.` or `..`, which no address can hold');
  if (endpoint !== undefined) {
    const url = URL.parse(`${endpoint.replace(/\/+$/, '')}/${place.bucket}/${path}`);
    if (url === null) throw configInvalid('/endpoint', 'is no address, such as https://minio.example:9000');
    return url;
  }
  const region = regionOf(place, values);
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  // The certificate of AWS is for one level below: a bucket with a full stop stands in the path.
  return place.bucket.includes('.')
    ? new URL(`https://${host}/${place.bucket}/${path}`)
    : new URL(`https://${place.bucket}.${host}/${path}`);
}

export function regionOf({ region }: Place, values: Credential['values']): string {
  return region ?? values['region'] ?? 'us-east-1';
}

export function signerOf(
  place: Place,
  { values }: Credential,
  request: Omit<ConstructorParameters<typeof AwsV4Signer>[0], 'accessKeyId' | 'secretAccessKey'>,
): AwsV4Signer {
  const { access_key_id: accessKeyId = '', secret_access_key: secretAccessKey = '', session_token } = values;
  return new AwsV4Signer({
    ...request,
    accessKeyId,
    secretAccessKey,
    service: 's3',
    region: regionOf(place, values),
    ...(session_token === undefined ? {} : { sessionToken: session_token }),
  });
}

export type S3Request = {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly key?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

/** Throws `provider_refused`. */
export async function callS3(
  context: ActionContext<Place>,
  { method, key: name, query = {}, headers = {}, body }: S3Request,
): Promise<HttpResponse> {
  const { config, http } = context;
  const account = await credentialOf(context, config.credential, ['aws']);
  const url = addressOfObject(config, account, name);
  for (const [field, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(field, value);
  // What a `+` means is read in two ways, `%20` in one.
  url.search = url.search.replaceAll('+', '%20');
  const digest = createHash('sha256')
    .update(body ?? '')
    .digest('hex');
  const signed = await signerOf(config, account, {
    method,
    url: url.href,
    headers: { ...headers, 'x-amz-content-sha256': digest },
  }).sign();
  const answer = await http.request({
    url: signed.url.href,
    method,
    headers: Object.fromEntries(signed.headers),
    ...(body === undefined ? {} : { body }),
  });
  if (answer.status >= 300) throw refusedBy(answer, name ?? config.bucket);
  return answer;
}

/** RFC 3986: also what `encodeURIComponent` leaves, so that the address that is signed is the one that is sent. */
function encodedPart(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function refusedBy(answer: HttpResponse, name: string): ActionError {
  const { status, headers } = answer;
  const text = excerptOf(answer);
  const error = fieldIn(text, 'Code');
  const region = headers['x-amz-bucket-region'];
  return refusalOf(answer, {
    code: 'provider_refused',
    message: `The store refused ${name}: ${error ?? `status ${status}`}`,
    details: {
      error,
      message: fieldIn(text, 'Message'),
      request_id: fieldIn(text, 'RequestId'),
      region: typeof region === 'string' ? region : undefined,
      ...(error === undefined && text !== '' ? { excerpt: text } : {}),
    },
  });
}
