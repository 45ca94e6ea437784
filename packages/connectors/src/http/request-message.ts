/** From the config of a step to the message that is sent. */
import { type ActionContext, configInvalid, type HttpRequest } from '@cloudflow/sdk/index.ts';
import type { RequestConfig } from './request-config.ts';

export function toHttpRequest(context: ActionContext<RequestConfig>): HttpRequest {
  const { config } = context;
  const { text, type } = bodyOf(config.body);
  const defaults: [string, string][] = [
    ['accept', config.response === 'json' ? 'application/json' : '*/*'],
    ['idempotency-key', context.idempotencyKey],
    ['traceparent', context.traceparent],
    ['x-correlation-id', context.correlationId],
    ...(type === undefined ? [] : [['content-type', type] as [string, string]]),
  ];
  const own = Object.entries(config.headers ?? {}).map(([name, value]): [string, string] => [
    headerName(name),
    headerValue(name, value),
  ]);
  return {
    url: urlOf(config),
    method: config.method ?? 'GET',
    headers: Object.fromEntries([...defaults, ...own]),
    followRedirects: config.follow_redirects ?? false,
    ...(config.credential === undefined ? {} : { credential: config.credential }),
    ...(text === undefined ? {} : { body: text }),
  };
}

function urlOf({ url: text, query }: RequestConfig): string {
  const url = URL.parse(text);
  // The URL may hold a key in its query, so that no message repeats it.
  if (!url) throw configInvalid('/url', 'is not an absolute URL, such as https://example.com/path');
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== null) url.searchParams.append(name, String(one));
  }
  return url.href;
}

function bodyOf(body: unknown): { text?: string; type?: string } {
  if (body === undefined || body === null) return {};
  if (typeof body === 'string') return { text: body, type: 'text/plain; charset=utf-8' };
  return { text: JSON.stringify(body), type: 'application/json' };
}

/** Refused here with a pointer, though the platform would refuse them too: a line break would begin a header of its own. */
function headerName(name: string): string {
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return name.toLowerCase();
  throw configInvalid(headerPointer(name), 'is no name of a header');
}

function headerValue(name: string, value: string | number | boolean): string {
  const text = String(value);
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) return text;
  throw configInvalid(headerPointer(name), 'has a line break or another character that a header cannot hold');
}

function headerPointer(name: string): string {
  return `/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
