/** The network of a test: answers that were set out before, and everything that was asked. */
import { ActionError, RetryableError } from '../error.ts';
import type { ActionHttp, HttpRequest, HttpResponse } from '../http.ts';

/** How the platform's `http` can fail, as the codes it throws. */
export type HttpFailure = 'network' | 'timeout' | 'egress_denied' | 'response_too_large';

/** One answer, given once. With `method` or `url` it is kept for a request that fits them. */
export type HttpMock = {
  readonly method?: string;
  /** The whole address, or what it must match. */
  readonly url?: string | RegExp;
  /** 200 when absent. */
  readonly status?: number;
  readonly headers?: HttpResponse['headers'];
  /** Sent as JSON, with the `content-type` of JSON unless `headers` name another. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  /** No answer, but the error that the platform throws in its place. */
  readonly fails?: HttpFailure;
  /** No answer before the test calls `abort()`. */
  readonly hangs?: boolean;
};

export type FakeHttp = ActionHttp & { readonly requests: readonly HttpRequest[] };

type FakeHttpOptions = {
  readonly mocks: readonly HttpMock[];
  readonly signal: AbortSignal;
  /** Throws for a credential that is not there, as the platform does before it sends anything. */
  readonly useCredential: (name: string) => void;
};

export function createFakeHttp({ mocks, signal, useCredential }: FakeHttpOptions): FakeHttp {
  const left = [...mocks];
  const requests: HttpRequest[] = [];
  return {
    requests,
    async request(request) {
      signal.throwIfAborted();
      if (request.credential !== undefined) useCredential(request.credential);
      requests.push(request);
      const at = left.findIndex((mock) => fits(mock, request));
      const [mock] = at < 0 ? [] : left.splice(at, 1);
      if (mock === undefined) throw new Error(unexpected(request, left));
      if (mock.hangs) await abortOf(signal);
      if (mock.fails !== undefined) throw failureOf(mock.fails, request);
      return answerOf(mock);
    },
  };
}

function fits({ method, url }: HttpMock, request: HttpRequest): boolean {
  if (method !== undefined && method !== (request.method ?? 'GET')) return false;
  if (url === undefined) return true;
  return url instanceof RegExp ? url.test(request.url) : hrefOf(url) === hrefOf(request.url);
}

/** `https://a.example` and `https://a.example/` are one address. */
function hrefOf(url: string): string {
  return URL.parse(url)?.href ?? url;
}

/** A bug of the action or of its test, so not an `ActionError`, which the test might expect. */
function unexpected({ method = 'GET', url }: HttpRequest, left: readonly HttpMock[]): string {
  const others = left.map((mock) => `${mock.method ?? 'any method'} ${mock.url ?? 'any address'}`).join(', ');
  return `The action sent ${method} ${url}, for which the test has no answer; it has left: ${others || 'none'}`;
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}

function failureOf(code: HttpFailure, { url }: HttpRequest): ActionError {
  const host = URL.parse(url)?.host ?? url;
  switch (code) {
    case 'network':
      return new RetryableError(`No connection to ${host}`, { code });
    case 'timeout':
      return new RetryableError(`No answer of ${host} in time`, { code });
    case 'egress_denied':
      return new ActionError(`${host} may not be reached`, { code, details: { host } });
    case 'response_too_large':
      return new ActionError(`The answer of ${host} is too large`, { code });
  }
}

function answerOf({ status = 200, headers = {}, json, body = '' }: HttpMock): HttpResponse {
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  const text = json === undefined ? body : JSON.stringify(json);
  return {
    status,
    headers: { ...type, ...lowerCase(headers) },
    body: typeof text === 'string' ? new TextEncoder().encode(text) : text,
  };
}

function lowerCase(headers: HttpResponse['headers']): HttpResponse['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
