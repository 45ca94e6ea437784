import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../log/log.ts';
import { mount } from './mount.ts';
import { eventStream } from './reply.ts';
import { route } from './route.ts';
import { createHttpServer, type HttpServer } from './server.ts';

let server: HttpServer;
afterEach(() => server.close(1_000));

async function serve(pieces: (signal: AbortSignal) => AsyncIterable<string>): Promise<string> {
  server = createHttpServer({
    log: silentLog,
    authenticate: () => {
      throw new Error('nobody is asked');
    },
    maxBodyBytes: 1_000,
    corsOrigins: [],
  });
  const streaming = route({
    method: 'GET',
    path: '/stream',
    auth: 'public',
    summary: 'Stream',
    replies: { 200: 'A stream.' },
    handle: ({ signal }) => eventStream(pieces(signal)),
  });
  mount(server, '', [streaming]);
  return server.listen({ host: '127.0.0.1', port: 0 });
}

const aborted = (signal: AbortSignal) => new Promise<void>((done) => signal.addEventListener('abort', () => done()));

test('pieces are sent as they come, and the answer ends with the last', async () => {
  const url = await serve(async function* () {
    yield 'a';
    yield 'b';
  });
  const answer = await fetch(`${url}/stream`);
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(await answer.text()).toBe('ab');
});

test('what a stream holds is freed when its reader goes', async () => {
  const freed = Promise.withResolvers<string>();
  const url = await serve(async function* (signal) {
    try {
      yield 'a';
      await aborted(signal);
    } finally {
      freed.resolve('freed');
    }
  });
  const gone = new AbortController();
  const answer = await fetch(`${url}/stream`, { signal: gone.signal });
  await answer.body?.getReader().read();
  gone.abort();
  expect(await freed.promise).toBe('freed');
});

test('streams end in good order when the server drains', async () => {
  const url = await serve(async function* (signal) {
    yield 'a';
    await aborted(signal);
    yield 'z';
  });
  const answer = await fetch(`${url}/stream`);
  server.drain();
  expect(await answer.text()).toBe('az');
});

test('a stream that fails breaks off: nobody takes it for the whole', async () => {
  const url = await serve(async function* () {
    yield 'a';
    throw new Error('no more');
  });
  const answer = await fetch(`${url}/stream`);
  await expect(answer.text()).rejects.toThrow();
});

test('a reader that does not read holds up the making of pieces, and memory stays as it is', async () => {
  let made = 0;
  const url = new URL(
    await serve(async function* () {
      for (;;) {
        made += 1;
        yield 'x'.repeat(64 * 1024);
      }
    }),
  );
  const socket = connect(Number(url.port), url.hostname);
  socket.write('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'readable'); // and nothing is read
  const counts: number[] = [];
  const isStill = () => counts.push(made) > 1 && counts.at(-2) === made;
  await expect.poll(isStill, { interval: 200 }).toBe(true);
  expect(made).toBeLessThan(1_000);
  socket.destroy();
});
