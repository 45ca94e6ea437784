/** The signature of Standard Webhooks (v1: HMAC-SHA256), as `send_webhook` makes it. Runs wherever JavaScript does. */
import { Webhook } from 'standardwebhooks';

export type WebhookMessage = {
  /** Without a full stop: it parts what is signed. */
  readonly id: string;
  /** Unix time of this try. */
  readonly seconds: number;
  readonly body: string;
  /** `whsec_…`, or base64 alone. Of several each signs, so that a receiver that knows one of them is content. */
  readonly secrets: readonly string[];
};

/** The value of `webhook-signature`. */
export function signWebhook({ id, seconds, body, secrets }: WebhookMessage): string {
  const time = new Date(seconds * 1000);
  return secrets.map((secret) => new Webhook(secret).sign(id, time, body)).join(' ');
}
