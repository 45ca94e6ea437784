/** Sends requests: one try with its deadline, and a call with as many tries as it may have. */
import type { CallOptions } from './call-options.ts';
import { createDeadline, type Signals, sleep, unlessAborted } from './deadline.ts';
import { ConnectionError, TimeoutError } from './errors.ts';
import type { ApiRequest } from './operation.ts';
import { randomHex } from './random-hex.ts';
import { problemOf, unexpected } from './read-problem.ts';
import { delayMs, isWorthRepeating } from './repeating.ts';

/** Hears of calls that failed or were slow; never of keys, bodies, queries or answers. */
export type ClientLogger = {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
};

export type TransportDeps = {
  /** Of the API, such as `https://example.com/api/v1`. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  /** Who calls, as headers. */
  readonly credentials: () => Promise<Readonly<Record<string, string>>>;
  /** For a call with all its tries. */
  readonly timeoutMs: number;
  /** For one try, where there may be another. */
  readonly tryTimeoutMs: number;
  readonly retries: number;
  /** Ends everything that is under way. */
  readonly signal: AbortSignal | undefined;
  readonly logger: ClientLogger | undefined;
  /** From 0 to 1. */
  readonly random: () => number;
};

export type ApiResponse<T = unknown> = {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON; undefined where there is no body. Where the answer is something else, the response itself, unread. */
  readonly data: T;
};

export type Transport = {
  call(request: ApiRequest, options?: CallOptions): Promise<ApiResponse>;
  /** One try, until the head of the answer has come; the body lasts as long as the signal. */
  open(request: ApiRequest, signal: AbortSignal): Promise<Response>;
  /** Waits, no longer than the client lives. */
  pause(ms: number, signal: AbortSignal | undefined): Promise<void>;
  readonly random: () => number;
  readonly signal: AbortSignal | undefined;
};

export function createTransport(deps: TransportDeps): Transport {
  const { random, signal: own } = deps;
  return {
    random,
    signal: own,
    call: (request, options = {}) => callApi(deps, request, options),
    pause: (ms, signal) => sleep(ms, [own, signal]),
    async open(request, signal) {
      const response = await send(deps, { request, headers: {}, signal });
      if (!response.ok) throw problemOf(response, await orConnectionError(response.text(), request, signal));
      return response;
    },
  };
}

async function callApi(deps: TransportDeps, request: ApiRequest, options: CallOptions): Promise<ApiResponse> {
  const { timeoutMs = deps.timeoutMs, retries = deps.retries, tryTimeoutMs = deps.tryTimeoutMs } = options;
  const signals = [options.signal, deps.signal];
  const headers = { 'x-correlation-id': randomHex(16), ...options.headers };
  const until = Date.now() + timeoutMs;
  for (let failed = 0; ; failed += 1) {
    const leftMs = until - Date.now();
    // Without another try there is nothing to save time for.
    const tryMs = request.isRepeatable && failed < retries ? Math.min(leftMs, tryTimeoutMs) : leftMs;
    try {
      return await tryOnce(deps, { request, headers, timeoutMs: tryMs, signals });
    } catch (error) {
      const isLast = failed >= retries || !isWorthRepeating(error, request.isRepeatable);
      const delay = delayMs({ error, failed, random: deps.random(), now: Date.now() });
      if (isLast || Date.now() + delay >= until) throw error;
      deps.logger?.warn(
        { ...named(request, headers), error, delay_ms: Math.round(delay) },
        'a call failed and is tried again',
      );
      await sleep(delay, signals);
    }
  }
}

type Try = {
  readonly request: ApiRequest;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signals: Signals;
};

async function tryOnce(deps: TransportDeps, { request, headers, timeoutMs, signals }: Try): Promise<ApiResponse> {
  const deadline = createDeadline(timeoutMs, signals);
  const begun = Date.now();
  try {
    const response = await send(deps, { request, headers, signal: deadline.signal });
    const { status } = response;
    if (request.isOpaque && response.ok) return { status, headers: response.headers, data: response };
    const text = await orConnectionError(response.text(), request, deadline.signal);
    deps.logger?.debug({ ...named(request, headers), status, duration_ms: Date.now() - begun }, 'a call was answered');
    if (!response.ok) throw problemOf(response, text);
    return { status, headers: response.headers, data: text === '' ? undefined : parse(response, text) };
  } catch (error) {
    if (!deadline.isOver()) throw error;
    const { method, path } = named(request, headers);
    throw new TimeoutError(`${method} ${path} was not answered within ${timeoutMs} ms`, { timeoutMs, cause: error });
  } finally {
    deadline.clear();
  }
}

type Sent = {
  readonly request: ApiRequest;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

async function send(deps: TransportDeps, { request, headers, signal }: Sent): Promise<Response> {
  const { method, path, body } = request;
  const credentials = await unlessAborted(deps.credentials(), signal);
  const answer = deps.fetch(`${deps.baseUrl}${path}`, {
    method,
    headers: {
      accept: 'application/json',
      ...credentials,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...request.headers,
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal,
  });
  return orConnectionError(answer, request, signal);
}

/** What `fetch` throws when there is no answer, or a broken one, says little; its cause knows more. */
async function orConnectionError<T>(work: Promise<T>, { method, path }: ApiRequest, signal: AbortSignal): Promise<T> {
  try {
    return await unlessAborted(work, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const { message, cause } = error as Error;
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : message;
    throw new ConnectionError(`${method} ${pathOnly(path)} got no answer: ${reason}`, { cause: error });
  }
}

function parse(response: Response, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unexpected(response, 'The answer is not JSON.');
  }
}

/** A query may hold what is nobody's business. */
function pathOnly(path: string): string {
  return path.replace(/\?.*$/s, '');
}

function named({ method, path }: ApiRequest, headers: Readonly<Record<string, string>>) {
  return { method, path: pathOnly(path), correlation_id: headers['x-correlation-id'] };
}
