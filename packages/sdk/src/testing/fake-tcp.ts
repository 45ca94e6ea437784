/** `ctx.tcp` of a fake context: connects for real, to servers that the test started. What is open is closed by `abort`. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { RetryableError } from '../error.ts';
import type { ActionTcp } from '../tcp.ts';

export function createFakeTcp(signal: AbortSignal): ActionTcp {
  return {
    async connect({ host, port }, { tls } = {}) {
      const socket = await opened(connectTcp({ host, port, noDelay: true }), 'connect');
      signal.addEventListener('abort', () => socket.destroy(), { once: true });
      if (!tls) return { socket, isPublic: false };
      const names = isIP(host) ? { host } : { host, servername: host };
      return { socket: await opened(connectTls({ socket, ...names, ...tls }), 'secureConnect'), isPublic: false };
    },
    addressOf: async ({ host }) => ({ address: host === 'localhost' ? '127.0.0.1' : host, isPublic: false }),
  };
}

function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    socket.on('error', (cause) => reject(new RetryableError(cause.message, { code: 'network', cause })));
  });
}
