import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress, type Egress, type EgressOptions, type EgressRequest } from './egress.ts';
import { EgressDeniedError } from './failure.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that says on each connection what the test says. */
async function serveRaw(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket)).once('data', () => answer(socket));
  }).listen(0, '127.0.0.1');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function open(options: Partial<EgressOptions> = {}): Egress {
  const egress = createEgress({ allow: ['127.0.0.1'], ...options });
  closers.push(() => egress.close());
  return egress;
}

function get(url: string, rest: Partial<EgressRequest> = {}): EgressRequest {
  return {
    url,
    method: 'GET',
    headers: {},
    body: null,
    followRedirects: false,
    signal: new AbortController().signal,
    ...rest,
  };
}

const text = (body: Uint8Array): string => Buffer.from(body).toString();

describe('requests that leave the house', () => {
  it('arrive with method, path, headers and body, and come back with status, headers and body [X2]', async () => {
    const origin = await serve((request, response) => {
      request.pipe(
        response.writeHead(201, {
          'x-path': request.url ?? '',
          'x-got': String(request.headers['x-a']),
          'set-cookie': ['a=1', 'b=2'],
          'x-many': ['1', '2'],
        }),
      );
    });
    const answer = await open().request(
      get(`${origin}/p?q=1`, { method: 'POST', headers: { 'X-A': 'b' }, body: 'hi' }),
    );
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'x-path': '/p?q=1', 'x-got': 'b', 'set-cookie': ['a=1', 'b=2'], 'x-many': '1, 2' },
    });
    expect(text(answer.body)).toBe('hi');
  });

  it('go to the checked address of a name, not to another one [S067]', async () => {
    const origin = await serve((request, response) => response.end(request.headers.host));
    const { port } = new URL(origin);
    const egress = open({ resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    expect(text((await egress.request(get(`http://name.example:${port}/`))).body)).toBe(`name.example:${port}`);
  });

  it('are refused when the name has become a forbidden address by the time of the connection [S067]', async () => {
    const egress = open({ allow: [], resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    await expect(egress.request(get('http://rebind.example/'))).rejects.toThrow(EgressDeniedError);
  });

  it('end with the reason of their signal, while the other side is silent and before a connection is free [F74]', async () => {
    const origin = await serve(() => undefined);
    const egress = open({ limits: { connectionsPerOrigin: 1 } });
    const aborter = new AbortController();
    const both = [
      egress.request(get(origin, { signal: aborter.signal })),
      egress.request(get(origin, { signal: aborter.signal })),
    ];
    aborter.abort(new Error('enough'));
    for (const ended of await Promise.allSettled(both)) expect(ended).toMatchObject({ reason: new Error('enough') });
    await expect(egress.request(get(origin, { signal: aborter.signal }))).rejects.toThrow('enough');
  });

  it('time out when the head or the next piece of the body does not come [F74]', async () => {
    const silent = await serve(() => undefined);
    const slow = await serve((_request, response) => {
      response.writeHead(200).write('a');
    });
    const egress = open({ limits: { headersTimeoutMs: 50, bodyTimeoutMs: 50 } });
    await expect(egress.request(get(silent))).rejects.toMatchObject({ failure: 'timeout' });
    await expect(egress.request(get(slow))).rejects.toMatchObject({ failure: 'timeout' });
  });

  it.each([
    ['hangs up', (socket: Socket) => socket.destroy()],
    [
      'closes in the middle of a body',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'),
    ],
    [
      'sends garbage for a chunk',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc'),
    ],
    ['does not speak HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.0\r\n')],
    [
      'says it is gzip and is not',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc'),
    ],
  ])('fail as network when the other side %s [F74]', async (_what, answer) => {
    await expect(open().request(get(await serveRaw(answer)))).rejects.toMatchObject({ failure: 'network' });
  });

  it('fail as network when nobody listens, the name is not known, or TLS is not spoken [F74]', async () => {
    const plain = await serveRaw((socket) => socket.end('HTTP/1.1 400 no\r\n\r\n'));
    const egress = open({ resolve: async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })) });
    await expect(egress.request(get('http://127.0.0.1:1/'))).rejects.toThrow('ECONNREFUSED');
    await expect(egress.request(get('http://nowhere.example/'))).rejects.toThrow('ENOTFOUND');
    await expect(egress.request(get(plain.replace('http:', 'https:')))).rejects.toMatchObject({ failure: 'network' });
  });

  it('understand HTTP/1.0 [F74]', async () => {
    const old = await serveRaw((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nold'));
    expect(text((await open().request(get(old))).body)).toBe('old');
  });

  it('end when the body is over the limit, announced or not [F74]', async () => {
    const announced = await serve((_request, response) => response.end('x'.repeat(1001)));
    const endless = await serve((_request, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(500)));
        response.once('drain', more);
      };
      more();
    });
    const egress = open({ limits: { maxResponseBytes: 1000 } });
    await expect(egress.request(get(announced))).rejects.toMatchObject({ failure: 'too_large' });
    await expect(egress.request(get(endless))).rejects.toMatchObject({ failure: 'too_large' });
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['gzip, br', (body: Buffer) => brotliCompressSync(gzipSync(body))],
  ])('are inflated from %s, within the limit [S081]', async (coding, compress) => {
    const origin = await serve((request, response) => {
      const size = request.url === '/bomb' ? 1_000_000 : 900;
      response.writeHead(200, { 'content-encoding': coding }).end(compress(Buffer.alloc(size, 'a')));
    });
    const egress = open({ limits: { maxResponseBytes: 10_000 } });
    const fits = await egress.request(get(origin));
    expect(text(fits.body)).toBe('a'.repeat(900));
    expect(fits.headers).not.toHaveProperty('content-encoding');
    await expect(egress.request(get(`${origin}/bomb`))).rejects.toMatchObject({ failure: 'too_large' });
  });

  it.each([
    ['a line break', { 'x-a': 'b\r\nx-evil: 1' }],
    ['a lone line feed', { 'x-a': 'b\nc' }],
    ['a NUL', { 'x-a': 'b\0' }],
    ['a line break in the name', { 'x-a\r\nx-evil': 'b' }],
    ['letters that a header cannot hold', { 'x-a': 'ж' }],
    ['a header that frames the message', { 'Transfer-Encoding': 'chunked' }],
    ['another host', { Host: 'internal' }],
  ])('are not sent with %s [S058]', async (_what, headers) => {
    const sent: unknown[] = [];
    const origin = await serve((request, response) => {
      sent.push(request.url);
      response.end();
    });
    await expect(open().request(get(origin, { headers }))).rejects.toMatchObject({ failure: 'request' });
    expect(sent).toEqual([]);
  });
});

describe('redirects', () => {
  const secrets = {
    Authorization: 'Bearer canary',
    Cookie: 'a=canary',
    'X-Api-Key': 'canary',
    'Idempotency-Key': 'k',
    Accept: 'a/b',
  };

  it('are the answer when they are not to be followed [S068]', async () => {
    const origin = await serve((_request, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    expect(await open().request(get(origin))).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
  });

  it.each([301, 302, 303, 307, 308])('with status %i to a private address are refused [S068]', async (status) => {
    const origin = await serve((_request, response) =>
      response.writeHead(status, { location: 'http://169.254.169.254/' }).end(),
    );
    await expect(open().request(get(origin, { followRedirects: true }))).rejects.toThrow(
      '169.254.169.254 is a link-local address',
    );
  });

  it.each(['file:///etc/passwd', 'gopher://x/', 'http://user:pass@127.0.0.1/'])(
    'to %s are refused [S068]',
    async (location) => {
      const origin = await serve((_request, response) => response.writeHead(302, { location }).end());
      await expect(open().request(get(origin, { followRedirects: true }))).rejects.toThrow(EgressDeniedError);
    },
  );

  it('to another origin carry no header that could be a secret; to the same one all [S068]', async () => {
    const echo: RequestListener = (request, response) => response.end(JSON.stringify(request.headers));
    const other = await serve(echo);
    const origin = await serve((request, response) => {
      const location = { '/away': `${other}/x`, '/near': '/here' }[request.url ?? ''];
      if (location) response.writeHead(307, { location }).end();
      else echo(request, response);
    });
    const egress = open();
    const ask = async (path: string) =>
      JSON.parse(text((await egress.request(get(origin + path, { headers: secrets, followRedirects: true }))).body));
    const away = await ask('/away');
    expect(JSON.stringify(away)).not.toContain('canary');
    expect(away).toMatchObject({ 'idempotency-key': 'k', accept: 'a/b' });
    expect(await ask('/near')).toMatchObject({
      authorization: 'Bearer canary',
      cookie: 'a=canary',
      'x-api-key': 'canary',
    });
  });

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'hi'],
    [308, 'POST', 'hi'],
  ])('with status %i turn a POST into a %s', async (status, method, body) => {
    const origin = await serve((request, response) => {
      if (request.url === '/') response.writeHead(status, { location: '/next' }).end();
      else request.pipe(response.writeHead(200, { 'x-method': request.method ?? '' }));
    });
    const answer = await open().request(get(`${origin}/`, { method: 'POST', body: 'hi', followRedirects: true }));
    expect({ method: answer.headers['x-method'], body: text(answer.body) }).toEqual({ method, body });
  });

  it('end after 20 hops [S068 F74]', async () => {
    let hops = 0;
    const origin = await serve((_request, response) => {
      hops += 1;
      response.writeHead(302, { location: `/${hops}` }).end();
    });
    await expect(open().request(get(origin, { followRedirects: true }))).rejects.toMatchObject({
      failure: 'redirects',
    });
    expect(hops).toBe(21);
  });
});
