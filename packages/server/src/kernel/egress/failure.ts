/** How a request that leaves the house fails. */

/** An address, and what kind it is in words. */
export type FoundAddress = { readonly address: string; readonly kind: string };

/** The guard refused the target; nothing was sent to it. */
export class EgressDeniedError extends Error {
  override readonly name = 'EgressDeniedError';
  readonly host: string;
  /** What the host's name leads to. For the log only: whoever writes workflows is not told what names inside mean. */
  readonly found: FoundAddress | undefined;

  constructor(host: string, message: string, found?: FoundAddress) {
    super(message);
    this.host = host;
    this.found = found;
  }
}

export type EgressFailure =
  /** No connection, or it broke: name not found, refused, reset, TLS, garbage instead of HTTP. */
  | 'network'
  /** The other side was too slow to accept, to answer or to go on. */
  | 'timeout'
  /** The body is over the limit, as sent or inflated. */
  | 'too_large'
  /** More than 20 redirects. */
  | 'redirects'
  /** A method, header or body that cannot be sent. */
  | 'request';

export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly failure: EgressFailure;

  constructor(failure: EgressFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const badRequests = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

/** What undici or a socket reported, sorted; the message names the host and the system's code, never the URL. */
export function asEgressError(error: unknown, host: string): Error {
  if (error instanceof EgressDeniedError || error instanceof EgressError) return error;
  const code = codeOf(error);
  if (timeouts.has(code)) return new EgressError('timeout', `${host} did not answer in time (${code})`, error);
  const text = error instanceof Error ? error.message : String(error);
  if (badRequests.has(code)) return new EgressError('request', `The request cannot be sent: ${text}`, error);
  return new EgressError('network', `The connection to ${host} failed: ${code || text}`, error);
}

function codeOf(error: unknown): string {
  // Several addresses were tried: the first failure stands for all.
  const one = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const code: unknown = typeof one === 'object' && one !== null && 'code' in one ? one.code : undefined;
  return typeof code === 'string' ? code : '';
}
