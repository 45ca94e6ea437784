import type { HttpConfig, HttpOutput } from '@cloudflow/sdk/builder/index.ts';
import { fakeContext, type HttpMock, runAction } from '@cloudflow/sdk/testing/index.ts';
import { describe, expect, expectTypeOf, it } from 'vitest';
import request from './request.action.ts';
import type { RequestConfig, RequestOutput } from './request-config.ts';

/** Runs the action against one answer. The server's tests run it against real servers. */
async function runWith(config: RequestConfig, answer: HttpMock) {
  const context = fakeContext({ config, http: [answer] });
  return { output: await runAction(request, context).catch((error: unknown) => error), context };
}

describe('http_request', () => {
  it('asks for GET, without a body and without following redirects, unless it is told to [X2]', async () => {
    const { context } = await runWith({ url: 'https://a.example' }, {});
    const { idempotencyKey, traceparent, correlationId } = context;
    expect(context.requests).toEqual([
      {
        url: 'https://a.example/',
        method: 'GET',
        headers: { accept: '*/*', 'idempotency-key': idempotencyKey, traceparent, 'x-correlation-id': correlationId },
        followRedirects: false,
      },
    ]);
  });

  it('asks for JSON when JSON is what it is to read', async () => {
    const { context, output } = await runWith({ url: 'https://a.example', response: 'json' }, { body: '[1]' });
    expect(context.requests[0]?.headers).toMatchObject({ accept: 'application/json' });
    expect(output).toMatchObject({ body: [1] });
  });

  it('is what workflows in code take it for', () => {
    expectTypeOf<RequestConfig>().toExtend<HttpConfig>();
    expectTypeOf<keyof HttpConfig>().toEqualTypeOf<keyof RequestConfig>();
    expectTypeOf<HttpConfig['method']>().toEqualTypeOf<RequestConfig['method']>();
    expectTypeOf<HttpConfig['response']>().toEqualTypeOf<RequestConfig['response']>();
    expectTypeOf<RequestOutput>().toExtend<HttpOutput<unknown>>();
    expectTypeOf<keyof HttpOutput<unknown>>().toEqualTypeOf<keyof RequestOutput>();
  });

  it('names the host of a failed call, and neither its path nor its query', async () => {
    const { output } = await runWith({ url: 'https://a.example/canary?key=canary', method: 'POST' }, { status: 500 });
    expect(output).toMatchObject({ message: 'POST to a.example was answered with status 500', code: 'http_status' });
  });
});
