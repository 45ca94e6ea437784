/** Webhooks that CloudFlow sends and receives: signing them, and telling whether they are genuine. */
export { type SignOptions, signWebhook, type WebhookHeaders } from './sign-webhook.ts';
export type { WebhookPayload } from './signature.ts';
export {
  type ReceivedHeaders,
  type VerifiedWebhook,
  type VerifyOptions,
  verifyWebhook,
  WebhookError,
  type WebhookRefusal,
} from './verify-webhook.ts';
