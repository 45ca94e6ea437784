/**
 * One request and its whole answer over an undici dispatcher, with the size of the body bounded while it arrives.
 * Written on `dispatch` rather than on `request`: no stream is made for bodies that are read whole anyway.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { decodeBody, tooLarge } from './inflate.ts';

export type ExchangeRequest = {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
};

export type ExchangeResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array;
};

/** Rejects with whatever undici reports, with `too_large`, or with the reason of the signal. */
export async function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<ExchangeResponse> {
  const raw = await receive(dispatcher, request);
  const coding = raw.headers['content-encoding'];
  if (!coding) return { ...raw, headers: plainHeaders(raw.headers) };
  const body = await decodeBody(raw.body, coding, request.maxBytes);
  const { 'content-encoding': _coding, 'content-length': _length, ...headers } = raw.headers;
  return { status: raw.status, headers: plainHeaders(body === raw.body ? raw.headers : headers), body };
}

type RawResponse = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Uint8Array };

function receive(dispatcher: Dispatcher, request: ExchangeRequest): Promise<RawResponse> {
  const { origin, path, method, headers, body, signal, maxBytes } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let received: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    let size = 0;

    const fail = (reason: Error): void => {
      // A request that still waits for a connection has no controller: it is aborted when it would begin.
      signal.removeEventListener('abort', onAbort);
      reject(reason);
      controller?.abort(reason);
    };
    const onAbort = (): void => fail(signal.reason as Error);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });

    dispatcher.dispatch(
      { origin, path, method: method as Dispatcher.HttpMethod, headers, body },
      {
        onRequestStart(started) {
          controller = started;
          if (signal.aborted) started.abort(signal.reason as Error);
        },
        onResponseStart(_controller, statusCode, answered) {
          if (statusCode < 200) return;
          status = statusCode;
          received = answered;
          if (method !== 'HEAD' && Number(answered['content-length']) > maxBytes) fail(tooLarge(maxBytes));
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > maxBytes) return fail(tooLarge(maxBytes));
          chunks.push(chunk);
        },
        onResponseEnd() {
          signal.removeEventListener('abort', onAbort);
          resolve({
            status,
            headers: received,
            body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size),
          });
        },
        onResponseError(_controller, error) {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      },
    );
  });
}

/** Repeated fields as one, but cookies, which cannot be joined. */
function plainHeaders(headers: IncomingHttpHeaders): Record<string, string | readonly string[]> {
  const joined = Object.entries(headers).map(([name, value = '']): [string, string | readonly string[]] => [
    name,
    Array.isArray(value) && name !== 'set-cookie' ? value.join(', ') : value,
  ]);
  return Object.fromEntries(joined);
}
