import type { ActionContext, HttpRequest, HttpResponse } from '@cloudflow/sdk/index.ts';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './answer.ts';
import request from './request.action.ts';

/** Runs the action against one answer; `sent` is what it asked for. The server's tests run it against real servers. */
async function runWith(config: unknown, answer: Partial<HttpResponse> & { text?: string }) {
  const sent: HttpRequest[] = [];
  const ignore = (): void => undefined;
  const context: ActionContext<unknown> = {
    config,
    idempotencyKey: 'key',
    correlationId: 'corr',
    traceparent: '00-1-2-01',
    attempt: 1,
    signal: new AbortController().signal,
    log: { debug: ignore, info: ignore, warn: ignore },
    credential: async () => ({ type: 'generic', values: {} }),
    http: {
      request: async (message) => {
        sent.push(message);
        return { status: 200, headers: {}, body: new TextEncoder().encode(answer.text ?? ''), ...answer };
      },
    },
  };
  return { output: await request.run(context).catch((error: unknown) => error), sent: sent[0] };
}

describe('http_request', () => {
  it('asks for GET, without a body and without following redirects, unless it is told to [X2]', async () => {
    const { sent } = await runWith({ url: 'https://a.example' }, {});
    expect(sent).toEqual({
      url: 'https://a.example/',
      method: 'GET',
      headers: { accept: '*/*', 'idempotency-key': 'key', traceparent: '00-1-2-01', 'x-correlation-id': 'corr' },
      followRedirects: false,
    });
  });

  it('asks for JSON when JSON is what it is to read', async () => {
    const { sent, output } = await runWith({ url: 'https://a.example', response: 'json' }, { text: '[1]' });
    expect(sent?.headers).toMatchObject({ accept: 'application/json' });
    expect(output).toMatchObject({ body: [1] });
  });

  it('names the host of a failed call, and neither its path nor its query', async () => {
    const { output } = await runWith({ url: 'https://a.example/canary?key=canary', method: 'POST' }, { status: 500 });
    expect(output).toMatchObject({ message: 'POST to a.example was answered with status 500', code: 'http_status' });
  });

  it.each([
    ['0', 0],
    ['120', 120_000],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['999999999', 86_400_000],
    ['later', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads Retry-After %j as a wait of %s ms [X9]', (value, expected) => {
    expect(retryAfterMs(value, Date.parse('2026-11-21T12:00:00Z'))).toBe(expected);
  });
});
