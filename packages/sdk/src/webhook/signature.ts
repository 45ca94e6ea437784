/** The signature of Standard Webhooks, `v1`: HMAC-SHA256 over id, timestamp and payload; with WebCrypto, so also in browsers. */

/** What is sent: the text or the bytes of the body, as they are on the wire. */
export type WebhookPayload = string | Uint8Array;

const encoder = new TextEncoder();

/** @param secret `whsec_` and the key in base64; the prefix may be missing. */
export async function keyOf(secret: string) {
  return crypto.subtle.importKey('raw', keyBytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

export function signedBytes(id: string, seconds: number, payload: WebhookPayload): Uint8Array<ArrayBuffer> {
  const head = encoder.encode(`${id}.${seconds}.`);
  const body = typeof payload === 'string' ? encoder.encode(payload) : payload;
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return all;
}

function keyBytes(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ''));
  if (bytes === undefined || bytes.length === 0) throw new TypeError('a webhook secret is whsec_ and base64');
  return bytes;
}

/** Undefined for what is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
