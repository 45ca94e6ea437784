/**
 * The only way out of the house: HTTP requests on behalf of workflows, through the guard, over shared connection pools; and
 * TCP connections through the same guard (tcp.ts).
 * Absent on purpose: proxies from the environment, cookies, caches, and automatic repeats, which belong to the engine.
 */
import { Agent, Pool } from 'undici';
import { parseAllowList } from './allow-list.ts';
import { type ExchangeResponse, exchange } from './exchange.ts';
import { asEgressError, EgressError } from './failure.ts';
import { createGuard, type Resolve, targetOf } from './guard.ts';
import { type Hop, nextHop } from './redirect.ts';
import { createEgressTcp, type EgressTcp } from './tcp.ts';

export type EgressLimits = {
  /** More requests to one origin wait for a free connection. */
  readonly connectionsPerOrigin: number;
  readonly connectTimeoutMs: number;
  /** From the request to the head of the answer; the signal of a request usually fires earlier. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs: number;
  /** Of a body, as sent and inflated. */
  readonly maxResponseBytes: number;
};

export const defaultEgressLimits: EgressLimits = {
  connectionsPerOrigin: 128,
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 3_600_000,
  bodyTimeoutMs: 300_000,
  maxResponseBytes: 10 * 1024 * 1024,
};

export type EgressOptions = {
  /** Hosts, CIDRs and host:port that may be reached though they are not public; a wrong entry throws. */
  readonly allow: readonly string[];
  readonly limits?: Partial<EgressLimits>;
  /** How names become addresses; the system's resolver when absent. */
  readonly resolve?: Resolve;
};

export type EgressRequest = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  readonly followRedirects: boolean;
  /** Asked before each request of a chain of redirects; throws when this one is not to be sent. */
  readonly permit?: (url: URL) => void;
  /** Ends the request, waiting for a connection included: no request is without a bound. */
  readonly signal: AbortSignal;
};

export type EgressResponse = ExchangeResponse;

export type Egress = {
  /** Throws EgressDeniedError, EgressError, or the reason of the signal. Any status is an answer. */
  request(request: EgressRequest): Promise<EgressResponse>;
  readonly tcp: EgressTcp;
  /** Ends all connections of HTTP; requests under way fail. */
  close(): Promise<void>;
};

const maxHops = 20;
/** They frame the message or steer the connection: taken from the workflow they could smuggle a second request. */
const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'proxy-connection',
  'proxy-authorization',
]);

export function createEgress({ allow, limits: given, resolve }: EgressOptions): Egress {
  const limits = { ...defaultEgressLimits, ...given };
  const guard = createGuard(parseAllowList(allow), resolve);
  const agent = createAgent(guard, limits);

  const send = async (hop: Hop, signal: AbortSignal): Promise<EgressResponse> => {
    const { url, method, headers, body } = hop;
    try {
      const path = url.pathname + url.search;
      return await exchange(agent, {
        origin: url.origin,
        path,
        method,
        headers,
        body,
        signal,
        maxBytes: limits.maxResponseBytes,
      });
    } catch (error) {
      throw signal.aborted ? signal.reason : asEgressError(error, url.host);
    }
  };

  return {
    async request({ url, method, headers, body, followRedirects, permit, signal }) {
      let hop: Hop = { url: guard.check(url), method, headers: checkedHeaders(headers), body };
      for (let hops = 0; hops <= maxHops; hops += 1) {
        permit?.(hop.url);
        const response = await send(hop, signal);
        const next = followRedirects ? nextHop(hop, response.status, response.headers['location']) : undefined;
        if (!next) return response;
        // The next host was chosen by the other side: it passes the same guard as the first.
        hop = { ...next, url: guard.check(next.url.href) };
      }
      throw new EgressError('redirects', `${hop.url.host} redirected more than ${maxHops} times`);
    },
    tcp: createEgressTcp(guard, limits.connectTimeoutMs),
    close: () => agent.destroy(),
  };
}

function createAgent(guard: ReturnType<typeof createGuard>, limits: EgressLimits): Agent {
  return new Agent({
    connections: limits.connectionsPerOrigin,
    pipelining: 1,
    allowH2: false,
    headersTimeout: limits.headersTimeoutMs,
    bodyTimeout: limits.bodyTimeoutMs,
    // A pool for each origin, because an exception may be for one port of a host, and a lookup is not told the port.
    factory: (origin, options) =>
      new Pool(origin, {
        ...options,
        connect: {
          lookup: guard.lookupFor(targetOf(new URL(origin))),
          timeout: limits.connectTimeoutMs,
          allowH2: false,
        },
      }),
  });
}

/** Lower-case names, so that the same header cannot be sent twice in two spellings. */
function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked = new Map([
    ['user-agent', 'CloudFlow'],
    ['accept-encoding', 'gzip, br'],
  ]);
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerProblem(name, value);
    if (problem) throw new EgressError('request', problem);
    checked.set(name.toLowerCase(), value);
  }
  return Object.fromEntries(checked);
}

/** What is wrong with a header, in words without its value; undefined when it can be sent. */
function headerProblem(name: string, value: string): string | undefined {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return `${JSON.stringify(name)} is no name of a header`;
  if (ownHeaders.has(name.toLowerCase())) return `The header ${name} is made from the request and cannot be set`;
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    return `The value of the header ${name} has characters a header cannot hold`;
  return undefined;
}
