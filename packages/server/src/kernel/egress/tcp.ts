/** TCP on behalf of workflows: one connection to an address that the guard let pass, with or without TLS. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { parseAddress, privateKind } from './address.ts';
import { asEgressError, EgressError } from './failure.ts';
import { bareHost, type Guard, type ResolvedAddress, type Target } from './guard.ts';

export type TcpRequest = Target & {
  /** From the first byte; the name is verified. `ca`: PEM of the authority that is trusted instead of the public ones. */
  readonly tls?: { readonly ca?: string } | undefined;
  /** Asked with the target as `http://host:port/`; throws when it is not to be reached. */
  readonly permit?: (url: URL) => void;
  readonly signal: AbortSignal;
};

export type TcpConnection = {
  readonly socket: Socket;
  readonly isPublic: boolean;
};

export type EgressTcp = {
  /** Throws EgressDeniedError, EgressError, or the reason of the signal. The socket is the caller's to close. */
  connect(request: TcpRequest): Promise<TcpConnection>;
  /** The address to connect to, for who cannot be handed a socket. */
  addressOf(request: Omit<TcpRequest, 'tls'>): Promise<{ readonly address: string; readonly isPublic: boolean }>;
};

export function createEgressTcp(guard: Guard, connectTimeoutMs: number): EgressTcp {
  const checked = ({ host, port, permit }: Pick<TcpRequest, 'host' | 'port' | 'permit'>): Target => {
    const target = guard.checkTarget({ host, port });
    permit?.(new URL(`http://${target.host}:${port}/`));
    return target;
  };

  return {
    async connect(request) {
      const target = checked(request);
      const plain = () =>
        connectTcp({ host: bareHost(target), port: target.port, lookup: guard.lookupFor(target), noDelay: true });
      const socket = await opened(plain(), 'connect', { target, signal: request.signal, connectTimeoutMs });
      const isPublic = isPublicAddress(socket.remoteAddress ?? '');
      if (!request.tls) return { socket, isPublic };
      const secure = secured(socket, target, request.tls);
      return {
        socket: await opened(secure, 'secureConnect', { target, signal: request.signal, connectTimeoutMs }),
        isPublic,
      };
    },
    async addressOf(request) {
      const target = checked(request);
      const host = bareHost(target);
      if (isIP(host)) return { address: host, isPublic: isPublicAddress(host) };
      const { address } = await lookedUp(guard, target, { signal: request.signal, connectTimeoutMs });
      return { address, isPublic: isPublicAddress(address) };
    },
  };
}

function secured(socket: Socket, target: Target, { ca }: { readonly ca?: string }): Socket {
  const host = bareHost(target);
  // The name is what the certificate is checked against; a literal address may not be sent as a server name.
  const names = isIP(host) ? { host } : { host, servername: host };
  return connectTls({ socket, ...names, ...(ca === undefined ? {} : { ca }) });
}

type Bounds = { readonly signal: AbortSignal; readonly connectTimeoutMs: number };

/** Resolves when it is open; else it is destroyed, and how it failed is thrown. */
function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  { target, signal, connectTimeoutMs }: Bounds & { readonly target: Target },
): Promise<Socket> {
  const about = `${target.host}:${target.port}`;
  const opening = new Promise<Socket>((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    // Stays for good: until a driver listens, and after it has gone, an error of a socket is nobody's.
    socket.on('error', (error) => reject(asEgressError(error, about)));
    socket.once('close', () => reject(new EgressError('network', `${about} closed the connection`)));
  });
  return bounded(opening, about, { signal, connectTimeoutMs }).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
}

function lookedUp(guard: Guard, target: Target, bounds: Bounds): Promise<ResolvedAddress> {
  const about = `${target.host}:${target.port}`;
  const looking = new Promise<ResolvedAddress>((resolve, reject) => {
    guard.lookupFor(target)(target.host, { all: false }, (error, address, family) =>
      error ? reject(asEgressError(error, about)) : resolve({ address: String(address), family: family ?? 0 }),
    );
  });
  return bounded(looking, about, bounds);
}

function bounded<T>(work: Promise<T>, about: string, { signal, connectTimeoutMs }: Bounds): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new EgressError('timeout', `${about} did not answer in time`));
    const timer = setTimeout(late, connectTimeoutMs);
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    });
  });
}

function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && privateKind(address) === undefined;
}
