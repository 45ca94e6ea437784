import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress, type EgressOptions } from './egress.ts';
import { EgressDeniedError } from './failure.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function listen(answer: (socket: Socket) => void = (socket) => socket.end('hello')): Promise<number> {
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
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

function open(options: Partial<EgressOptions> = {}) {
  const egress = createEgress({ allow: ['127.0.0.1'], ...options });
  closers.push(() => egress.close());
  return egress.tcp;
}

const patient = new AbortController().signal;
const leadsTo = (address: string) => async () => [{ address, family: address.includes(':') ? 6 : 4 }];

describe('TCP connections that leave the house', () => {
  it('go to the checked address of a name, and tell whether it is public', async () => {
    const port = await listen();
    const tcp = open({ resolve: leadsTo('127.0.0.1') });
    const { socket, isPublic } = await tcp.connect({ host: 'name.example', port, signal: patient });
    expect(Buffer.concat(await socket.toArray()).toString()).toBe('hello');
    expect(isPublic).toBe(false);
  });

  it.each([
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '169.254.169.254',
    'fd00:ec2::254',
  ])('are refused to %s [S064 S065 S066 S071]', async (host) => {
    const tcp = open({ allow: [] });
    await expect(tcp.connect({ host, port: 5432, signal: patient })).rejects.toThrow(EgressDeniedError);
    await expect(tcp.addressOf({ host, port: 9092, signal: patient })).rejects.toThrow(EgressDeniedError);
  });

  it.each(['127.0.0.1', '169.254.169.254', '::1', 'fe80::1'])(
    'are refused to a name that leads to %s, without telling where it leads [S067]',
    async (address) => {
      const tcp = open({ allow: [], resolve: leadsTo(address) });
      for (const refused of [
        tcp.connect({ host: 'rebind.example', port: 6379, signal: patient }),
        tcp.addressOf({ host: 'rebind.example', port: 6379, signal: patient }),
      ]) {
        await expect(refused).rejects.toMatchObject({ name: 'EgressDeniedError', found: { address } });
        await expect(refused).rejects.not.toThrow(address);
      }
    },
  );

  it.each(['', 'a b', 'user@evil.example', 'a/b', 'a?b', 'a#b', 'a:1', 'a\\b'])(
    'are refused to %j, which is no host',
    async (host) => {
      const tcp = open({ resolve: leadsTo('127.0.0.1') });
      await expect(tcp.connect({ host, port: 1, signal: patient })).rejects.toThrow('no name and no address');
    },
  );

  it('may be allowed for one port of a host', async () => {
    const port = await listen();
    const tcp = open({ allow: [`db.internal:${port}`], resolve: leadsTo('127.0.0.1') });
    const { socket } = await tcp.connect({ host: 'DB.internal', port, signal: patient });
    socket.destroy();
    await expect(tcp.connect({ host: 'db.internal', port: port === 1 ? 2 : 1, signal: patient })).rejects.toThrow(
      EgressDeniedError,
    );
  });

  it('are asked for before the name is looked up', async () => {
    const asked: string[] = [];
    const tcp = open({
      resolve: async (host) => {
        asked.push(host);
        return [];
      },
    });
    const permit = ({ host }: URL) => {
      throw new Error(`not for ${host}`);
    };
    await expect(tcp.connect({ host: 'x.example', port: 25, permit, signal: patient })).rejects.toThrow(
      'not for x.example:25',
    );
    expect(asked).toEqual([]);
  });

  it('end with the reason of their signal while a name is looked up', async () => {
    const aborter = new AbortController();
    const connecting = open({ resolve: () => new Promise(() => undefined) }).connect({
      host: 'x.example',
      port: 1,
      signal: aborter.signal,
    });
    aborter.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
  });

  it('time out, and fail as network when nobody listens or TLS is not spoken', async () => {
    const slow = open({ resolve: () => new Promise(() => undefined), limits: { connectTimeoutMs: 20 } });
    await expect(slow.connect({ host: 'x.example', port: 1, signal: patient })).rejects.toMatchObject({
      failure: 'timeout',
    });
    await expect(open().connect({ host: '127.0.0.1', port: 1, signal: patient })).rejects.toThrow('ECONNREFUSED');
    const plain = { host: '127.0.0.1', port: await listen(), tls: {}, signal: patient };
    await expect(open().connect(plain)).rejects.toMatchObject({ failure: 'network' });
  });
});
