/**
 * The egress guard: which hosts this process may be made to connect to.
 *
 * Names are resolved once for each connection, and only addresses that passed are handed to the socket, so that a name
 * whose answer changes between check and use (DNS rebinding) gains nothing. Literal addresses never reach a resolver and
 * are checked before.
 */
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { parseAddress, privateKind } from './address.ts';
import type { AllowList } from './allow-list.ts';
import { EgressDeniedError } from './failure.ts';

export type ResolvedAddress = { readonly address: string; readonly family: number };
/** All addresses of a name, as getaddrinfo gives them. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

export type Target = { readonly host: string; readonly port: number };

export type Guard = {
  /** Parses and checks what can be checked without asking DNS; throws EgressDeniedError. */
  check(url: string): URL;
  /** The same for a host and port of TCP. */
  checkTarget(target: Target): Target;
  /** The lookup of all sockets to one target: gives permitted addresses only, or fails with EgressDeniedError. */
  lookupFor(target: Target): LookupFunction;
};

export function createGuard(allow: AllowList, resolve: Resolve = resolveBySystem): Guard {
  const refusal = (target: Target, address: string): EgressDeniedError | undefined => {
    const parsed = parseAddress(address);
    const kind = parsed ? privateKind(parsed) : 'malformed';
    if (parsed && (!kind || allow.allows({ ...target, address: parsed }))) return undefined;
    return denied(target, address, kind ?? 'malformed');
  };

  const checkLiteral = (target: Target): void => {
    const literal = bareHost(target);
    const problem = parseAddress(literal) ? refusal({ ...target, host: literal }, literal) : undefined;
    if (problem) throw problem;
  };

  return {
    check(text) {
      const url = parseUrl(text);
      checkLiteral(targetOf(url));
      return url;
    },
    checkTarget(given) {
      const target = parseTarget(given);
      checkLiteral(target);
      return target;
    },
    lookupFor: (target) => (_host, options, callback) => {
      permitted(target, resolve, refusal).then(
        (addresses) => {
          const [first] = addresses;
          if (options.all) callback(null, [...addresses]);
          else callback(null, first?.address ?? '', first?.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, '', 0),
      );
    },
  };
}

export function targetOf(url: URL): Target {
  return { host: url.hostname, port: url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80 };
}

/** Without the brackets that an IPv6 address has in a URL: as sockets and resolvers write it. */
export function bareHost({ host }: Target): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

/** One forbidden address among good ones is left out, not chosen: only what was checked is ever connected to. */
async function permitted(
  target: Target,
  resolve: Resolve,
  refusal: (target: Target, address: string) => EgressDeniedError | undefined,
): Promise<ResolvedAddress[]> {
  const addresses = await resolve(target.host);
  const good = addresses.filter(({ address }) => !refusal(target, address));
  if (good.length > 0) return good;
  const [first] = addresses;
  throw first ? refusal(target, first.address) : Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url) throw new EgressDeniedError('', 'The address is not an absolute URL, such as https://example.com/path.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new EgressDeniedError(url.host, `Only http: and https: can be called, not ${url.protocol}`);
  if (url.username || url.password)
    throw new EgressDeniedError(url.host, 'User and password do not belong in the URL: send an Authorization header.');
  return url;
}

/** The URL parser has the last word on what a host is, so that both ways out read it alike (`127.1`, full-width dots). */
function parseTarget({ host, port }: Target): Target {
  const inUrl = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const url = URL.parse(`http://${inUrl}:${port}/`);
  if (!url || port < 1 || url.href !== `http://${url.host}/`)
    throw new EgressDeniedError('', 'The host is no name and no address, or the port is none.');
  return targetOf(url);
}

function denied({ host, port }: Target, address: string, kind: string): EgressDeniedError {
  const entry = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const remedy = `which actions may not reach. CLOUDFLOW_EGRESS_ALLOW=${entry} allows it.`;
  // A literal tells nothing that was not known; what a name leads to is knowledge of the network inside.
  if (host === address) return new EgressDeniedError(host, `${address} is a ${kind} address, ${remedy}`);
  return new EgressDeniedError(host, `${host} leads to an address that is not public, ${remedy}`, { address, kind });
}

const resolveBySystem: Resolve = (host) =>
  new Promise((done, fail) => {
    systemLookup(host, { all: true, verbatim: true }, (error, addresses) => (error ? fail(error) : done(addresses)));
  });
