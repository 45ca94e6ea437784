/**
 * The network as an action sees it: `ctx.http`. The platform stands behind it with the egress guard, connection pools,
 * deadlines and limits, so an action never opens a connection itself.
 */

export type HttpRequest = {
  /** Absolute, `http:` or `https:`, without user and password. */
  readonly url: string;
  /** Upper case; `GET` when absent. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Name of a credential of the tenant that is sent with it, to the hosts that it is for. */
  readonly credential?: string;
  /** Follow up to 20 redirects; to another origin without the headers that could hold secrets. Default: false. */
  readonly followRedirects?: boolean;
};

export type HttpResponse = {
  readonly status: number;
  /** Names in lower case; several fields of one name are joined with `, `, but for `set-cookie`. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Whole and inflated. */
  readonly body: Uint8Array;
};

/**
 * Throws, ready to be passed on: `RetryableError` with code `network` or `timeout`, `ActionError` with code
 * `egress_denied`, `response_too_large` or one of the `credential_…`. Any status is an answer, not an error.
 */
export type ActionHttp = {
  request(request: HttpRequest): Promise<HttpResponse>;
};
