/** Tells whether a webhook is from whom it seems to be, and fresh: Standard Webhooks, https://www.standardwebhooks.com. */
import { fromBase64, keyOf, signedBytes, type WebhookPayload } from './signature.ts';

/** As a server has them: an object with names in any case, or the `Headers` of a request. */
export type ReceivedHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export type VerifyOptions = {
  /** How far its timestamp may be from now, either way. Default 300. */
  readonly toleranceSeconds?: number;
  /** Default: now. */
  readonly at?: Date;
};

export type VerifiedWebhook = {
  /** The same when a message is sent again: who has handled it once can pass over it. */
  readonly id: string;
  readonly timestamp: Date;
};

export type WebhookRefusal =
  | 'missing_header'
  | 'invalid_header'
  /** Older or newer than the tolerance: sent long ago, sent again by somebody who listened, or a clock is wrong. */
  | 'outside_tolerance'
  /** Not signed with any of these secrets, or changed on its way. */
  | 'wrong_signature';

export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  readonly code: WebhookRefusal;

  constructor(code: WebhookRefusal, message: string) {
    super(message);
    this.code = code;
  }
}

/** More signatures than anybody has secrets: each costs a hash of the whole payload. */
const mostSignatures = 16;

/**
 * Throws a `WebhookError` when it is not to be trusted. `payload` is the body byte for byte as it came, not parsed and
 * printed again. Comparing takes the same time wherever the difference is.
 *
 * @param secrets the one secret, or those that are valid while one replaces another
 */
export async function verifyWebhook(
  payload: WebhookPayload,
  headers: ReceivedHeaders,
  secrets: string | readonly string[],
  { toleranceSeconds = 300, at = new Date() }: VerifyOptions = {},
): Promise<VerifiedWebhook> {
  const header = readerOf(headers);
  const id = header('webhook-id');
  const seconds = secondsOf(header('webhook-timestamp'));
  const signatures = signaturesOf(header('webhook-signature'));
  if (Math.abs(at.getTime() / 1_000 - seconds) > toleranceSeconds)
    throw new WebhookError('outside_tolerance', `webhook-timestamp is more than ${toleranceSeconds} s away from now`);
  const bytes = signedBytes(id, seconds, payload);
  const keys = await Promise.all([secrets].flat().map(keyOf));
  for (const signature of signatures)
    for (const key of keys)
      if (await crypto.subtle.verify('HMAC', key, signature, bytes))
        return { id, timestamp: new Date(seconds * 1_000) };
  throw new WebhookError('wrong_signature', 'no signature of the webhook fits its payload and the secret');
}

function readerOf(headers: ReceivedHeaders): (name: string) => string {
  const all =
    headers instanceof Headers
      ? headers
      : new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = [all.get(name) ?? ''].flat().join(' ');
    if (value === '') throw new WebhookError('missing_header', `the header ${name} is missing`);
    return value;
  };
}

function secondsOf(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new WebhookError('invalid_header', 'webhook-timestamp is not a number of seconds');
}

/** Those of the version that we know. */
function signaturesOf(text: string) {
  const given = text.split(' ').filter((each) => each.startsWith('v1,'));
  return given.slice(0, mostSignatures).flatMap((each) => fromBase64(each.slice('v1,'.length)) ?? []);
}
