/**
 * `ctx.tcp`: the connections of one try. They go through the egress guard, only to hosts that the credentials in use are for,
 * a few at once to one server, and none outlives the try.
 */
import type { Socket } from 'node:net';
import type { ActionLog, ActionTcp, TcpTarget } from '@cloudflow/sdk/action.ts';
import { ActionError } from '@cloudflow/sdk/error.ts';
import type { Egress } from '../kernel/egress/egress.ts';
import { asActionError } from './action-http.ts';
import type { ConnectionBound } from './connection-bound.ts';
import type { UsedCredentials } from './used-credentials.ts';

export type ActionTcpDeps = {
  readonly egress: Pick<Egress, 'tcp'>;
  readonly bound: ConnectionBound;
  readonly tenantId: string;
  readonly signal: AbortSignal;
  readonly log: Pick<ActionLog, 'warn'>;
  readonly credentials: Pick<UsedCredentials, 'permit'>;
  readonly mostReceivedBytes?: number;
};

/** What an action has after its signal has fired to tell the other side that it is over. */
const farewellMs = 5_000;

/**
 * Over one connection. Drivers keep a message whole before anybody may count it, and its length is for the other side to say: one
 * that sends without end would take the memory of all.
 */
const mostReceived = 64 * 1024 * 1024;
const lookEveryMs = 50;

/** `end` closes what is still open: to be called when the action has settled. */
export function createActionTcp(deps: ActionTcpDeps): { readonly tcp: ActionTcp; end(): void } {
  const { egress, bound, tenantId, signal, log, credentials, mostReceivedBytes = mostReceived } = deps;
  const over = new AbortController();
  const freed = new Map<string, () => void>();
  let farewell: NodeJS.Timeout | undefined;

  const end = (): void => {
    clearTimeout(farewell);
    signal.removeEventListener('abort', onAbort);
    if (over.signal.aborted) return;
    over.abort(new Error('the try is over'));
    for (const free of freed.values()) free();
  };
  const onAbort = (): void => {
    farewell = setTimeout(end, farewellMs).unref();
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });

  /** A try that has a place at a server opens more there without waiting: it would wait for others that wait for it. */
  async function takePlace({ host, port }: TcpTarget, until: AbortSignal): Promise<void> {
    const key = `${tenantId} ${host.toLowerCase()}:${port}`;
    if (freed.has(key)) return;
    freed.set(key, () => undefined);
    const free = await bound.take(key, until).catch((error: unknown) => {
      freed.delete(key);
      throw error;
    });
    if (over.signal.aborted) free();
    else freed.set(key, free);
  }

  const { permit } = credentials;
  return {
    end,
    tcp: {
      async connect(target, { tls, toCancel = false } = {}) {
        const until = toCancel ? over.signal : AbortSignal.any([signal, over.signal]);
        try {
          await takePlace(target, until);
          const connection = await egress.tcp.connect({ ...target, tls, permit, signal: until });
          const { socket } = connection;
          endWhenOver(socket, mostReceivedBytes);
          const close = (): void => void socket.destroy();
          over.signal.addEventListener('abort', close, { once: true });
          socket.once('close', () => over.signal.removeEventListener('abort', close));
          return connection;
        } catch (error) {
          throw asActionError(error, log);
        }
      },
      async addressOf(target) {
        const until = AbortSignal.any([signal, over.signal]);
        return egress.tcp.addressOf({ ...target, permit, signal: until }).catch((error: unknown) => {
          throw asActionError(error, log);
        });
      },
    },
  };
}

/** Looks at the socket's own count, which is right also when a driver speaks TLS over it. */
function endWhenOver(socket: Socket, most: number): void {
  const timer = setInterval(() => {
    if (socket.bytesRead <= most) return;
    const message = `The server sent more than ${most} bytes`;
    socket.destroy(new ActionError(message, { code: 'response_too_large' }));
  }, lookEveryMs).unref();
  socket.once('close', () => clearInterval(timer));
}
