/**
 * `ctx.http` of a worker: the global `fetch`. The worker runs in your own network, so nothing is kept from it; answers are bounded,
 * and failures are the same errors as in the server.
 */
import type { ActionHttp, HttpRequest, HttpResponse } from '../action.ts';
import type { Credential } from '../credential.ts';
import { ActionError, RetryableError } from '../error.ts';

export type WorkerHttpDeps = {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
  readonly credential: (name: string) => Promise<Credential>;
};

const MOST_BYTES = 10 * 1024 * 1024;

export function createWorkerHttp({ fetch, signal, credential }: WorkerHttpDeps): ActionHttp {
  return {
    async request(request) {
      const own =
        request.credential === undefined ? {} : headersOf(request.credential, await credential(request.credential));
      try {
        return await sent(fetch, { ...request, headers: { ...request.headers, ...own } }, signal);
      } catch (error) {
        if (error instanceof ActionError || signal.aborted) throw error;
        throw new RetryableError(`No answer from ${new URL(request.url).host}`, { code: 'network', cause: error });
      }
    },
  };
}

async function sent(ask: typeof fetch, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const { url, method = 'GET', headers = {}, body = null, followRedirects = false } = request;
  const redirect = followRedirects ? 'follow' : 'manual';
  const response = await ask(url, { method, headers, body: body as string | null, redirect, signal });
  return { status: response.status, headers: plainHeaders(response.headers), body: await bytesOf(response) };
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const reader = response.body?.getReader(); reader !== undefined; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new ActionError(`The answer is larger than ${MOST_BYTES} bytes`, { code: 'response_too_large' });
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function plainHeaders(headers: Headers): Record<string, string | readonly string[]> {
  const plain: Record<string, string | readonly string[]> = Object.fromEntries(headers);
  const cookies = headers.getSetCookie();
  return cookies.length === 0 ? plain : { ...plain, 'set-cookie': cookies };
}

function headersOf(name: string, { type, values }: Credential): Record<string, string> {
  switch (type) {
    case 'http_basic': {
      const bytes = new TextEncoder().encode(`${values['username']}:${values['password']}`);
      return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
    }
    case 'http_bearer':
      return { authorization: `Bearer ${values['token']}` };
    case 'http_header':
      return { [String(values['name']).toLowerCase()]: String(values['value']) };
    default:
      throw new ActionError(`A credential of the type ${type} cannot be sent in a request: ${name}`, {
        code: 'credential_unusable',
        details: { credential: name },
      });
  }
}
