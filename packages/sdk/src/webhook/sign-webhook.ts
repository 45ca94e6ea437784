/** Signs what is sent to others by Standard Webhooks: https://www.standardwebhooks.com. */
import { keyOf, signedBytes, toBase64, type WebhookPayload } from './signature.ts';

export type WebhookHeaders = {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
};

export type SignOptions = {
  /** `whsec_…`. Several while one is being replaced: the receiver needs to know only one of them. */
  readonly secret: string | readonly string[];
  /** Names the message, without a dot: the same whenever it is sent again, so that the receiver can tell. */
  readonly id: string;
  /** When it is sent: a new one for each try. */
  readonly at: Date;
};

/** The headers to send with `payload`, which must go out byte for byte as it is given here. */
export async function signWebhook(payload: WebhookPayload, { secret, id, at }: SignOptions): Promise<WebhookHeaders> {
  const secrets = [secret].flat();
  if (secrets.length === 0) throw new TypeError('there is no secret to sign with');
  // It would be read as the end of the id.
  if (!/^[^.\s]+$/.test(id)) throw new TypeError('the id of a webhook has neither dots nor spaces');
  const seconds = Math.floor(at.getTime() / 1_000);
  const bytes = signedBytes(id, seconds, payload);
  const signatures = await Promise.all(
    secrets.map(async (each) => {
      const signature = await crypto.subtle.sign('HMAC', await keyOf(each), bytes);
      return `v1,${toBase64(new Uint8Array(signature))}`;
    }),
  );
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') };
}
