/** The client: `createClient({ url, apiKey })`. */
import type { Api } from './api.generated.ts';
import { bindApi } from './bind-api.ts';
import type { CallOptions } from './call-options.ts';
import { createExecutions, type Executions } from './executions.ts';
import { type Fields, queryOf } from './operation.ts';
import { type ApiResponse, type ClientLogger, createTransport, type Transport } from './transport.ts';
import { createWorkflows, type Workflows } from './workflows.ts';

export type ClientOptions = {
  /** Of the server, such as `https://flows.example.com`; with or without `/api/v1`. */
  readonly url: string | URL;
  /** `cfk_live_…` */
  readonly apiKey?: string;
  /** An access token in place of an API key; a function is asked before each try, so that it can be renewed. */
  readonly token?: string | (() => string | Promise<string>);
  /** In place of the global one: for a proxy, or a test. */
  readonly fetch?: typeof fetch;
  /** For a call with all its tries. Default 60 seconds. */
  readonly timeoutMs?: number;
  /** For one try of a call that may be repeated. Default 20 seconds. */
  readonly tryTimeoutMs?: number;
  /** How often a call that may be repeated is tried again. Default 3. */
  readonly retries?: number;
  /** Ends all calls of this client. */
  readonly signal?: AbortSignal;
  /** Hears of calls; pino and its like fit. */
  readonly logger?: ClientLogger;
};

export type RequestOptions = CallOptions & {
  readonly query?: Fields;
  readonly body?: unknown;
  /** Doing it twice is doing it once. Else as the method says: true for GET, PUT and DELETE. */
  readonly isRepeatable?: boolean;
};

export type Client = Omit<Api, 'workflows' | 'executions'> & {
  readonly workflows: Workflows;
  readonly executions: Executions;
  /** Calls any operation, `path` below `/api/v1`, and tells status and headers, too. */
  request<T = unknown>(method: string, path: string, options?: RequestOptions): Promise<ApiResponse<T>>;
};

export function createClient(options: ClientOptions): Client {
  const transport = createTransport({
    baseUrl: baseUrlOf(options.url),
    // Called without a receiver: browsers insist on that.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    credentials: credentialsOf(options),
    timeoutMs: options.timeoutMs ?? 60_000,
    tryTimeoutMs: options.tryTimeoutMs ?? 20_000,
    retries: options.retries ?? 3,
    signal: options.signal,
    logger: options.logger,
    random: Math.random,
  });
  const api = bindApi(transport);
  return {
    ...api,
    executions: createExecutions(api, transport),
    workflows: createWorkflows(api, transport),
    request: (method, path, asked) => request(transport, { method, path }, asked) as Promise<ApiResponse<never>>,
  };
}

function request(
  transport: Transport,
  { method, path }: { readonly method: string; readonly path: string },
  { query = {}, body, isRepeatable = ['GET', 'PUT', 'DELETE'].includes(method), ...options }: RequestOptions = {},
): Promise<ApiResponse> {
  return transport.call(
    { method, path: path + queryOf(Object.keys(query), query), body, headers: {}, isRepeatable, isOpaque: false },
    options,
  );
}

function baseUrlOf(url: string | URL): string {
  const { origin, pathname, protocol, username } = new URL(url);
  if (!/^https?:$/.test(protocol)) throw new TypeError('url must begin with http:// or https://');
  if (username !== '') throw new TypeError('url must not hold a user: give apiKey or token');
  return `${origin}${pathname.replace(/\/+$/, '').replace(/\/api\/v1$/, '')}/api/v1`;
}

function credentialsOf({ apiKey, token }: ClientOptions): () => Promise<Readonly<Record<string, string>>> {
  if (apiKey !== undefined && token !== undefined) throw new TypeError('give apiKey or token, not both');
  const given = apiKey ?? token;
  return async () => {
    const value = typeof given === 'function' ? await given() : given;
    return value === undefined ? {} : { authorization: `Bearer ${value}` };
  };
}
