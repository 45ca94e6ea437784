/** A port of this machine that leads to a server: the PostgreSQL of the tests listens on a Unix socket. */
import { type AddressInfo, connect, createServer, type Socket, type TcpSocketConnectOpts } from 'node:net';

export type Relay = {
  readonly port: number;
  /** Breaks what is connected. */
  cut(): void;
  close(): Promise<void>;
};

export async function startRelay(to: string | TcpSocketConnectOpts): Promise<Relay> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (inward) => {
    const outward = connect(
      typeof to === 'string' ? { path: to, allowHalfOpen: true } : { ...to, allowHalfOpen: true },
    );
    keep(inward);
    keep(outward);
    inward.pipe(outward).pipe(inward);
    inward.once('close', () => outward.destroy());
    outward.once('close', () => inward.destroy());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
