import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress } from '../kernel/egress/egress.ts';
import { createActionTcp } from './action-tcp.ts';
import { createConnectionBound } from './connection-bound.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function listen(answer: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    answer(socket);
  }).listen(0, '127.0.0.1');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function aTry(mostReceivedBytes: number) {
  const egress = createEgress({ allow: ['127.0.0.1'] });
  const { tcp, end } = createActionTcp({
    egress,
    bound: createConnectionBound(),
    tenantId: 'tenant',
    signal: new AbortController().signal,
    log: { warn: () => undefined },
    credentials: { permit: () => undefined },
    mostReceivedBytes,
  });
  closers.push(end, () => egress.close());
  return tcp;
}

describe('a connection of a try', () => {
  it('ends when the other side sends more than may be kept, whatever it says the length is', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    const port = await listen((socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', more);
      more();
    });
    const { socket } = await aTry(1_000_000).connect({ host: '127.0.0.1', port });
    const received = (socket as Socket).resume();
    const [error] = (await once(received, 'error')) as [Error];
    expect(error).toMatchObject({ code: 'response_too_large' });
    expect(received.destroyed).toBe(true);
  });

  it('stays open below it', async () => {
    const port = await listen((socket) => socket.end('hello'));
    const { socket } = await aTry(5).connect({ host: '127.0.0.1', port });
    expect(Buffer.concat(await (socket as Socket).toArray()).toString()).toBe('hello');
  });
});
