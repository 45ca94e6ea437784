import { connect } from 'node:net';
import type { InjectOptions } from 'fastify';
import Type from 'typebox';
import { afterEach, expect, test } from 'vitest';
import { DatabaseUnavailableError } from '../db/errors.ts';
import { problem } from '../errors/problem.ts';
import { createLog } from '../log/log.ts';
import { mount } from './mount.ts';
import { rawJson, reply } from './reply.ts';
import { type Route, route } from './route.ts';
import { createHttpServer, type HttpServer } from './server.ts';

const secret = 'cfk_live_abcdefghijklmnopqrstuvwxyz012345';
const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close(1_000)));
});

function setup({ routes = thingRoutes(), corsOrigins = [] as string[], maxBodyBytes = 10_000 } = {}) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level: 'debug',
    format: 'json',
    destination: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const server = createHttpServer({
    log,
    maxBodyBytes,
    corsOrigins,
    authenticate({ authorization }) {
      if (authorization === undefined) throw problem('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } });
      const permissions = authorization === `Bearer ${secret}` ? ['thing:*'] : [];
      return { kind: 'api_key', tenantId: 't', principalId: 'p', permissions };
    },
  });
  mount(server, '/api', routes);
  servers.push(server);
  const call = (method: InjectOptions['method'], url: string, more: Omit<InjectOptions, 'method' | 'url'> = {}) =>
    server.app.inject({
      method: method ?? 'GET',
      url,
      ...more,
      headers: { authorization: `Bearer ${secret}`, ...more.headers },
    });
  return { server, call, lines };
}

function thingRoutes(): Route[] {
  return [
    route({
      method: 'POST',
      path: '/things/:id',
      auth: { permission: 'thing:write' },
      summary: 'Make a thing',
      params: Type.Object({ id: Type.String({ pattern: '^[a-z]+$' }) }),
      query: Type.Object({
        n: Type.Optional(Type.Integer({ minimum: 1 })),
        on: Type.Optional(Type.Boolean()),
        tag: Type.Optional(Type.Array(Type.String())),
      }),
      headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 8 })) }),
      body: Type.Object({ name: Type.String(), data: Type.Optional(Type.Unknown()) }, { additionalProperties: false }),
      replies: { 201: Type.Unknown() },
      handle: ({ params, query, body, headers, caller, correlationId }) =>
        reply(201, { params, query, body, headers, tenant: caller.tenantId, correlationId }, { location: '/x' }),
    }),
    route({
      method: 'GET',
      path: '/raw',
      auth: 'public',
      summary: 'Raw',
      replies: { 200: 'Raw' },
      handle: () => rawJson(200, '{"a": 1}'),
    }),
    route({
      method: 'POST',
      path: '/bare',
      auth: { permission: 'thing:write' },
      summary: 'Bare',
      replies: { 204: 'Nothing' },
      handle: () => reply(204),
    }),
    route({
      method: 'GET',
      path: '/fail/:how',
      auth: 'public',
      summary: 'Fail',
      params: Type.Object({ how: Type.String() }),
      replies: { 200: 'Never' },
      handle({ params }) {
        if (params.how === 'database') throw new DatabaseUnavailableError('unreachable', 'gone');
        if (params.how === 'text') return Promise.reject('a text');
        throw Object.assign(new Error('the password is hunter2'), { password: 'hunter2' });
      },
    }),
  ];
}

test('what a handler gets is converted and checked by the schemas of its route', async () => {
  const { call } = setup();
  const answer = await call('POST', '/api/things/abc?n=3&on=true&tag=a&tag=b', {
    payload: { name: 'x' },
    headers: { 'idempotency-key': 'k', 'x-correlation-id': 'mine-1' },
  });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers).toMatchObject({
    location: '/x',
    'x-correlation-id': 'mine-1',
    'x-content-type-options': 'nosniff',
  });
  expect(answer.json()).toEqual({
    params: { id: 'abc' },
    query: { n: 3, on: true, tag: ['a', 'b'] },
    body: { name: 'x' },
    headers: { 'idempotency-key': 'k' },
    tenant: 't',
    correlationId: 'mine-1',
  });
});

test('a body that does not fit is a 400 with pointers and suggestions', async () => {
  const { call } = setup();
  const answer = await call('POST', '/api/things/abc', { payload: { nmae: 'x' } });
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json()).toMatchObject({
    type: '/docs/errors#invalid_body',
    code: 'invalid_body',
    status: 400,
    instance: '/api/things/abc',
    correlation_id: answer.headers['x-correlation-id'],
    errors: [
      { pointer: '/name', code: 'missing' },
      { pointer: '/nmae', code: 'unknown_field', suggestion: 'name' },
    ],
  });
});

test('an absent body counts as an empty object', async () => {
  const { call } = setup();
  for (const headers of [{}, { 'content-type': 'application/json' }]) {
    const answer = await call('POST', '/api/things/abc', { headers });
    expect(answer.json()).toMatchObject({ code: 'invalid_body', errors: [{ pointer: '/name' }] });
  }
  expect((await call('POST', '/api/bare')).statusCode).toBe(204);
  expect((await call('POST', '/api/bare', { payload: {} })).statusCode).toBe(204);
  expect((await call('POST', '/api/bare', { payload: { x: 1 } })).json()).toMatchObject({ code: 'invalid_body' });
});

test('a parameter that is unknown, repeated or wrong is a 400 with the list', async () => {
  const { call } = setup();
  const codes = async (query: string) => {
    const answer = await call('POST', `/api/things/abc?${query}`, { payload: { name: 'x' } });
    return [
      answer.statusCode,
      ...answer.json().errors.map((error: { pointer: string; code: string }) => `${error.pointer} ${error.code}`),
    ];
  };
  expect(await codes('m=1')).toEqual([400, '/query/m unknown_parameter']);
  expect(await codes('n=1&n=2')).toEqual([400, '/query/n repeated']);
  expect(await codes('n=x')).toEqual([400, '/query/n wrong_type']);
  expect(await codes('n=0')).toEqual([400, '/query/n out_of_range']);
  expect(await codes('__proto__=1')).toEqual([400, '/query/__proto__ unknown_parameter']);
  const bare = await call('POST', '/api/bare?x=1');
  expect(bare.json()).toMatchObject({ code: 'invalid_parameter', detail: expect.stringContaining('takes none') });
});

test('a header that does not fit is a 400, and a path that does not fit a 404', async () => {
  const { call } = setup();
  const header = await call('POST', '/api/things/abc', {
    payload: { name: 'x' },
    headers: { 'idempotency-key': '123456789' },
  });
  expect(header.json()).toMatchObject({ code: 'invalid_parameter', errors: [{ pointer: '/headers/idempotency-key' }] });
  expect((await call('POST', '/api/things/ABC', { payload: { name: 'x' } })).statusCode).toBe(404);
});

test('bad bodies are refused before a handler sees them, each with its status [S055]', async () => {
  const { call } = setup();
  const send = async (payload: string | Buffer, headers: Record<string, string>) => {
    const answer = await call('POST', '/api/things/abc', { payload, headers });
    return `${answer.statusCode} ${answer.json().code}`;
  };
  const json = { 'content-type': 'application/json' };
  expect(await send('{oops', json)).toBe('400 malformed_json');
  expect(await send('['.repeat(4000), json)).toBe('400 json_too_deep');
  expect(await send(`{"name":"${'x'.repeat(20_000)}"}`, json)).toBe('413 body_too_large');
  expect(await send('{}', { 'content-type': 'text/plain' })).toBe('415 unsupported_media_type');
  expect(await send('{}', { 'content-type': 'multipart/form-data; boundary=x' })).toBe('415 unsupported_media_type');
  expect(await send('{}', { 'content-type': 'application/json; charset=utf-16' })).toBe('415 unsupported_media_type');
  expect(await send('{}', { ...json, 'content-encoding': 'gzip' })).toBe('415 unsupported_media_type');
  expect(await send('{"name":"x"}', { 'content-type': 'application/json; charset=UTF-8' })).toBe('201 undefined');
});

test('keys with a meaning elsewhere are data in a body, and nothing is merged [S051]', async () => {
  const { call } = setup();
  const headers = { 'content-type': 'application/json' };
  const data = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
  const answer = await call('POST', '/api/things/abc', { payload: `{"name":"x","data":${data}}`, headers });
  expect(answer.statusCode).toBe(201);
  expect(answer.body).toContain(data);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((await call('POST', '/api/things/abc', { payload: '{"name":"x","__proto__":{}}', headers })).statusCode).toBe(
    400,
  );
});

test('every type confusion in a body is a 400 [S056]', async () => {
  const { call } = setup();
  for (const payload of ['null', '[]', '"x"', '1', '{"name":null}', '{"name":[]}', '{"name":{}}', '{"name":1}']) {
    const answer = await call('POST', '/api/things/abc', { payload, headers: { 'content-type': 'application/json' } });
    expect([payload, answer.statusCode]).toEqual([payload, 400]);
  }
});

test('who is not known gets a 401 for everything that is not public, also for what does not exist [S042] [S043]', async () => {
  const { server } = setup();
  const tricks = [
    '/api/things/abc',
    '/api//things/abc',
    '//api/things/abc',
    '/api/things/abc/',
    '/api/things/abc.json',
    '/api/things;x/abc',
    '/api/things%2fabc',
    '/api/%2e%2e/things/abc',
    '/API/things/abc',
    '/api/things/abc/configs',
    '/nowhere',
    '/api/raw/../things/abc',
    '/%61pi/things/abc',
    '/api/raw%00',
    '/api/RAW',
    '/api/raw/',
  ];
  for (const url of tricks) {
    for (const method of ['GET', 'POST', 'DELETE', 'PUT'] as const) {
      const headers = { 'x-original-url': '/api/raw', 'x-http-method-override': 'GET' };
      const answer = await server.app.inject({ method, url, headers });
      expect([url, method, answer.statusCode]).toEqual([url, method, 401]);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  }
});

test('credentials are asked for before the body is read', async () => {
  const { server } = setup();
  const answer = await server.app.inject({ method: 'POST', url: '/api/things/abc', payload: 'x'.repeat(50_000) });
  expect(answer.statusCode).toBe(401);
});

test('who lacks the permission gets a 403 that names it [S032]', async () => {
  const { call } = setup();
  const answer = await call('POST', '/api/things/abc', { payload: {}, headers: { authorization: 'Bearer other' } });
  expect(answer.statusCode).toBe(403);
  expect(answer.json()).toMatchObject({ code: 'forbidden', detail: 'This needs the permission "thing:write".' });
});

test('a method that a path does not have is a 405 with those it has [S092]', async () => {
  const { call } = setup();
  const answer = await call('DELETE', '/api/things/abc');
  expect(answer.statusCode).toBe(405);
  expect(answer.headers['allow']).toBe('OPTIONS, POST');
  expect(answer.json()).toMatchObject({ code: 'method_not_allowed' });
  expect((await call('HEAD', '/api/raw')).statusCode).toBe(200);
  expect((await call('OPTIONS', '/api/raw')).headers['allow']).toBe('GET, HEAD, OPTIONS');
  expect((await call('GET', '/api/nothing')).statusCode).toBe(404);
});

test('an unexpected error is a 500 that tells nothing; the log has the cause [S118]', async () => {
  const { call, lines } = setup();
  for (const how of ['bug', 'text']) {
    const answer = await call('GET', `/api/fail/${how}`);
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/hunter2|\.ts\b|\\n/);
    const line = lines.find(({ correlation_id }) => correlation_id === answer.headers['x-correlation-id']);
    expect(line).toMatchObject({ level: 'error', status: 500, path: `/api/fail/${how}` });
  }
  expect(lines.find(({ error }) => (error as { stack?: string } | undefined)?.stack)).toBeDefined();
});

test('a database that is away is a 503 that says when to ask again', async () => {
  const { call } = setup();
  const answer = await call('GET', '/api/fail/database');
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('1');
  expect(answer.json()).toMatchObject({ code: 'database_unavailable' });
});

test('a correlation id that could break a header or a log line is replaced [S058] [S059]', async () => {
  const { call } = setup();
  for (const given of ['a b', 'x'.repeat(200), '-{"a":1}', 'ä', '']) {
    const answer = await call('GET', '/api/raw', { headers: { 'x-correlation-id': given } });
    expect(answer.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('a trace that the caller began goes on, a malformed one is begun anew', async () => {
  const { call } = setup();
  const theirs = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const echoed = (await call('GET', '/api/raw', { headers: { traceparent: theirs } })).headers['traceparent'];
  expect(echoed).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
  expect(echoed).not.toBe(theirs);
  const fresh = (await call('GET', '/api/raw', { headers: { traceparent: `00-${'0'.repeat(32)}-x-01` } })).headers[
    'traceparent'
  ];
  expect(fresh).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test('only the origins of the configuration may call from a page [S098]', async () => {
  const { call, server } = setup({ corsOrigins: ['https://app.example.com'] });
  const allowed = async (origin: string) =>
    (await call('GET', '/api/raw', { headers: { origin } })).headers['access-control-allow-origin'];
  expect(await allowed('https://app.example.com')).toBe('https://app.example.com');
  for (const other of [
    'null',
    'https://app.example.com.evil.net',
    'https://evilapp.example.com',
    'http://app.example.com',
  ]) {
    expect(await allowed(other)).toBeUndefined();
  }
  const preflight = await server.app.inject({
    method: 'OPTIONS',
    url: '/api/things/abc',
    headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
  });
  expect(preflight.statusCode).toBe(204);
  for (const name of ['Authorization', 'Idempotency-Key', 'Last-Event-ID'])
    expect(preflight.headers['access-control-allow-headers']).toContain(name);
  expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
});

test('no refusal and no secret in a header is logged with its value [S077]', async () => {
  const { call, lines } = setup();
  await call('POST', '/api/things/abc?api_key=hunter2', { payload: { password: 'hunter2' } });
  expect(lines.length).toBeGreaterThan(0);
  expect(JSON.stringify(lines)).not.toMatch(/hunter2|cfk_live/);
});

test('while draining new work is refused, reading goes on, and connections are told to close', async () => {
  const { call, server } = setup();
  server.state.draining = true;
  const post = await call('POST', '/api/bare');
  expect(post.statusCode).toBe(503);
  expect(post.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
  expect((await call('GET', '/api/raw')).statusCode).toBe(200);
});

test('a handler that waits is told when the process stops', async () => {
  const waiting = Promise.withResolvers<void>();
  const { call, server } = setup({
    routes: [
      route({
        method: 'GET',
        path: '/wait',
        auth: 'public',
        summary: 'Wait',
        replies: { 202: 'Later' },
        handle: ({ signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve(reply(202, { waited: true })));
            waiting.resolve();
          }),
      }),
    ],
  });
  const answer = call('GET', '/api/wait');
  await waiting.promise;
  server.drain();
  expect((await answer).statusCode).toBe(202);
});

/** Sends bytes as they are, and returns what comes back until the other side closes. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no end: ${text}`)));
  });
}

test('requests that two parsers could read differently are refused, and the connection is closed [S088] [S091]', async () => {
  const { server } = setup();
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const head = 'POST /api/bare HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const smuggled = 'GET /api/raw HTTP/1.1\r\nHost: x\r\n\r\n';
  const attacks = {
    'CL.TE': `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'two lengths': `${head}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}${smuggled}`,
    'obfuscated TE': `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'TE twice': `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
    'space before colon': `${head}Content-Length : 2\r\n\r\n{}`,
    'no host': 'GET /api/raw HTTP/1.1\r\nConnection: close\r\n\r\n',
    'bare LF': 'POST /api/bare HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}',
  };
  for (const [name, bytes] of Object.entries(attacks)) {
    const answer = await raw(url, bytes);
    expect([name, answer.slice(0, 12)]).toEqual([name, expect.stringMatching(/^HTTP\/1.1 40[01]/)]);
    expect([name, answer.split('HTTP/1.1').length]).toEqual([name, 2]);
    expect(answer).toContain('application/problem+json');
  }
  expect(await raw(url, `GET /api/raw HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`)).toContain('431');
  expect(await raw(url, `GET /${'y'.repeat(1_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n`).catch(() => '431')).toContain(
    '431',
  );
});
