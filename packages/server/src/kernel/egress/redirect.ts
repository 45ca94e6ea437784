/** What the next request of a redirect is; RFC 9110 15.4, and what browsers do where it leaves a choice. */

export type Hop = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
};

/**
 * Whoever redirects chooses the next host, so only these go to another origin: nothing of them is a secret. Not on the list
 * are Authorization, Cookie and every header that an API may use as a key.
 */
const harmless = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'user-agent',
  'idempotency-key',
  'traceparent',
  'x-correlation-id',
]);
const redirects = new Set([301, 302, 303, 307, 308]);

/** `headers` of the hop are in lower case. Undefined: the answer is no redirect that can be followed. */
export function nextHop(hop: Hop, status: number, location: unknown): Hop | undefined {
  if (!redirects.has(status) || typeof location !== 'string') return undefined;
  const url = URL.parse(location, hop.url.href);
  if (!url) return undefined;
  const asGet = (status === 303 && hop.method !== 'HEAD') || (status < 303 && hop.method === 'POST');
  const sameOrigin = url.origin === hop.url.origin;
  const kept = Object.entries(hop.headers).filter(
    ([name]) => (sameOrigin || harmless.has(name)) && !(asGet && name.startsWith('content-')),
  );
  return { url, method: asGet ? 'GET' : hop.method, headers: Object.fromEntries(kept), body: asGet ? null : hop.body };
}
