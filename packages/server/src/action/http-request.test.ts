import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '@cloudflow/core/json.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { OpenCredential } from '../credential/index.ts';
import { systemClock } from '../kernel/clock/clock.ts';
import { createEgress, type EgressOptions } from '../kernel/egress/egress.ts';
import { createLog, type Logger, silentLog } from '../kernel/log/log.ts';
import type { AttemptRequest } from './attempt.ts';
import { createActions } from './index.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** One try of an `http_request` step, as the engine has it run. */
type CallOptions = Partial<EgressOptions> & {
  timeoutMs?: number;
  log?: Logger;
  vault?: Readonly<Record<string, OpenCredential>>;
};
function call(config: Json, { timeoutMs = 5_000, log = silentLog, vault = {}, ...options }: CallOptions = {}) {
  const egress = createEgress({ allow: ['127.0.0.1'], ...options });
  const { attempts } = createActions({
    findOperation: async () => undefined,
    egress,
    log,
    clock: systemClock,
    openCredential: async (_tenantId, name) => vault[name],
  });
  closers.push(async () => {
    await attempts.close();
    await egress.close();
  });
  const request: AttemptRequest = {
    kind: 'attempt',
    type: 'http_request',
    key: { s: 'call' },
    path: 'call',
    attempt: 2,
    input: config,
    timeoutMs,
    idempotencyKey: 'root/call/0/0',
    free: false,
    recordFirst: false,
    executionId: '01936f0e-0000-7000-8000-0000000000ff',
    tenantId: 't',
    correlationId: 'corr-1',
  };
  return attempts.run(request, new AbortController().signal);
}

const echo: RequestListener = async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  const { method, url, headers } = request;
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ method, url, headers, body }));
};

const answer =
  (status: number, headers: Record<string, string>, body = ''): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

describe('http_request', () => {
  it('sends an object as JSON, with the key, the trace and the correlation of its execution [X2]', async () => {
    const origin = await serve(echo);
    const outcome = await call({
      url: `${origin}/users?a=1`,
      method: 'POST',
      query: { b: 'ü&', c: [1, true], d: null },
      body: { n: 1 },
    });
    expect(outcome).toMatchObject({
      output: {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: {
          method: 'POST',
          url: '/users?a=1&b=%C3%BC%26&c=1&c=true',
          body: '{"n":1}',
          headers: {
            'content-type': 'application/json',
            'idempotency-key': 'root/call/0/0',
            'x-correlation-id': 'corr-1',
            traceparent: expect.stringMatching(/^00-01936f0e0000700080000000000000ff-[0-9a-f]{16}-01$/),
          },
        },
      },
    });
  });

  it('sends text as it is, nothing for null, and the headers of the step before its own [X2]', async () => {
    const origin = await serve(echo);
    const sent = await call({
      url: origin,
      method: 'PUT',
      body: 'a=1',
      headers: { 'Content-Type': 'text/x', 'IDEMPOTENCY-KEY': 'mine', 'X-N': 1 },
    });
    expect(sent).toMatchObject({
      output: { body: { body: 'a=1', headers: { 'content-type': 'text/x', 'idempotency-key': 'mine', 'x-n': '1' } } },
    });
    const empty = await call({ url: origin, body: null });
    expect(empty).toMatchObject({ output: { body: { method: 'GET', body: '' } } });
    expect(empty).not.toHaveProperty('output.body.headers.content-type');
  });

  it.each([
    ['application/json', '{"a":1}', undefined, { a: 1 }],
    ['application/problem+json; charset=utf-8', '[1]', undefined, [1]],
    ['application/json', '', undefined, null],
    ['text/plain', '{"a":1}', undefined, '{"a":1}'],
    ['text/plain', '{"a":1}', 'json', { a: 1 }],
    ['application/json', '{"a":1}', 'text', '{"a":1}'],
    ['application/json', '\ufeff{"a":1}', undefined, { a: 1 }],
    ['image/png', 'abc', 'binary', 'YWJj'],
    ['application/json', '{"__proto__":{"x":1}}', undefined, JSON.parse('{"__proto__":{"x":1}}')],
  ])('reads %s %j as %s: %j [X2]', async (type, body, response, expected) => {
    const origin = await serve(answer(200, { 'content-type': type }, body));
    const outcome = await call({ url: origin, ...(response ? { response } : {}) });
    expect(JSON.stringify(outcome)).toContain(`"body":${JSON.stringify(expected)}`);
  });

  it('reads text in the charset that the answer names', async () => {
    const origin = await serve((_request, response) =>
      response.setHeader('content-type', 'text/plain; charset=iso-8859-1').end(Buffer.from([0xfc])),
    );
    expect(await call({ url: origin })).toMatchObject({ output: { body: 'ü' } });
  });

  it('fails for good when the body was to be JSON and is not [F74]', async () => {
    const origin = await serve(answer(200, { 'content-type': 'application/json' }, '<html>'));
    expect(await call({ url: origin })).toMatchObject({
      error: { code: 'response_invalid', retryable: false, details: { excerpt: '<html>' } },
    });
  });

  it.each([200, 201, 204, 299, 301, 304, 399])('has status %i as its output', async (status) => {
    expect(await call({ url: await serve(answer(status, {})) })).toMatchObject({ output: { status } });
  });

  it.each([400, 401, 403, 404, 409, 410, 422, 451])('fails for good with status %i [X9]', async (status) => {
    const outcome = await call({ url: await serve(answer(status, { 'retry-after': '1' }, 'why')) });
    expect(outcome).toMatchObject({
      error: { code: 'http_status', retryable: false, details: { status, excerpt: 'why' } },
    });
    expect(outcome).not.toHaveProperty('error.retryAfterMs');
  });

  it.each([408, 425, 429, 500, 502, 503, 504, 599])('may be tried again after status %i [X9]', async (status) => {
    const outcome = await call({ url: await serve(answer(status, {})) });
    expect(outcome).toMatchObject({ error: { code: 'http_status', retryable: true, details: { status } } });
  });

  it.each([429, 503])('honours Retry-After of status %i, seconds or date [X9]', async (status) => {
    const waitFor = async (value: string) => {
      const outcome = await call({ url: await serve(answer(status, { 'retry-after': value })) });
      return 'error' in outcome ? outcome.error.retryAfterMs : undefined;
    };
    expect(await waitFor('7')).toBe(7_000);
    expect(await waitFor(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
    expect(await waitFor('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(0);
    expect(await waitFor('soon')).toBeUndefined();
    expect(await waitFor('99999999999')).toBe(24 * 3_600_000);
  });

  it('keeps at most 1 KB of the body of an error', async () => {
    const origin = await serve(answer(400, {}, 'ü'.repeat(2_000)));
    const outcome = await call({ url: origin });
    expect(outcome).toMatchObject({ error: { details: { excerpt: 'ü'.repeat(512) } } });
  });

  it('ends in time when the other side is silent, and may be tried again [X9 F74]', async () => {
    const origin = await serve(() => undefined);
    expect(await call({ url: origin }, { timeoutMs: 50 })).toMatchObject({
      error: { code: 'timeout', retryable: true },
    });
  });

  it('may be tried again when there is no connection or it breaks [X9 F74]', async () => {
    const broken = await serve((request) => request.socket.destroy());
    for (const url of ['http://127.0.0.1:1/', broken])
      expect(await call({ url })).toMatchObject({ error: { code: 'network', retryable: true } });
  });

  it('is refused by the guard for good, also after a redirect [S068]', async () => {
    const origin = await serve(answer(302, { location: 'http://169.254.169.254/latest' }));
    const refused = { error: { code: 'egress_denied', retryable: false, details: { host: '169.254.169.254' } } };
    expect(await call({ url: 'http://169.254.169.254/latest' })).toMatchObject(refused);
    expect(await call({ url: origin, follow_redirects: true })).toMatchObject(refused);
    expect(await call({ url: origin })).toMatchObject({ output: { status: 302 } });
  });

  it('tells what a forbidden name leads to in the log, and not in the error of the step', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'warn', format: 'json', destination: { write: (line) => lines.push(line) } });
    const resolve = async () => [{ address: '10.11.12.13', family: 4 }];
    const outcome = await call({ url: 'http://db.internal/' }, { resolve, log });
    expect(outcome).toMatchObject({ error: { code: 'egress_denied', details: { host: 'db.internal' } } });
    expect(JSON.stringify(outcome)).not.toContain('10.11.12.13');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { host: 'db.internal', address: '10.11.12.13', kind: 'private', step: 'call' },
    ]);
  });

  it('fails for good when the answer is too large or redirects without end [F74 S081]', async () => {
    const large = await serve(answer(200, {}, 'x'.repeat(2_000)));
    const circle = await serve(answer(302, { location: '/' }));
    expect(await call({ url: large }, { limits: { maxResponseBytes: 1_000 } })).toMatchObject({
      error: { code: 'response_too_large', retryable: false },
    });
    expect(await call({ url: circle, follow_redirects: true })).toMatchObject({
      error: { code: 'http_status', retryable: false },
    });
  });

  it.each([
    [{}, '/url'],
    [{ url: 1 }, '/url'],
    [{ url: 'https://a.example', metod: 'GET' }, '/metod'],
    [{ url: 'https://a.example', method: 'BREW' }, '/method'],
    [{ url: 'https://a.example', headers: { 'a/b': 'x' } }, '/headers/a~1b'],
    [{ url: 'https://a.example', headers: { 'X-A': 'secret\r\nX-Evil: 1' } }, '/headers/X-A'],
    [{ url: 'https://a.example', headers: { 'X-A': ['secret'] } }, '/headers/X-A'],
    [{ url: 'not a url?key=secret' }, '/url'],
  ])('refuses the config %j at %s, without repeating its values [S058]', async (config, pointer) => {
    const outcome = await call(config);
    expect(outcome).toMatchObject({ error: { code: 'config_invalid', retryable: false, details: { pointer } } });
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });

  it('takes timeout and retry in its config, which the compiler reads [X9]', async () => {
    const origin = await serve(echo);
    expect(await call({ url: origin, timeout: 5000, retry: { max_attempts: 3 } })).toMatchObject({
      output: { status: 200 },
    });
  });

  describe('with a credential', () => {
    const token = 'canary-token-123';
    const bound = (allowedHosts: readonly string[] | null): Readonly<Record<string, OpenCredential>> => ({
      BASIC: {
        type: 'http_basic',
        values: { username: 'ann', password: token },
        secrets: [token],
        allowedHosts,
      },
      BEARER: { type: 'http_bearer', values: { token }, secrets: [token], allowedHosts },
      HEADER: { type: 'http_header', values: { name: 'X-Key', value: token }, secrets: [token], allowedHosts },
    });

    it('sends it as its type says, and shows nothing of it', async () => {
      const seen: unknown[] = [];
      const origin = await serve((request, response) => {
        seen.push(request.headers.authorization ?? request.headers['x-key']);
        echo(request, response);
      });
      for (const credential of ['BASIC', 'BEARER', 'HEADER']) {
        const outcome = await call({ url: origin, credential }, { vault: bound(['127.0.0.1']) });
        expect(outcome).toMatchObject({ output: { status: 200 } });
        expect(JSON.stringify(outcome)).not.toMatch(/canary|Y2FuYXJ5/);
      }
      const basic = `Basic ${Buffer.from(`ann:${token}`).toString('base64')}`;
      expect(seen).toEqual([basic, `Bearer ${token}`, token]);
    });

    it('sends it to no host that it is not for, first or after a redirect [S073]', async () => {
      let calls = 0;
      const there = await serve((_, response) => {
        calls += 1;
        response.end();
      });
      const here = await serve(answer(307, { location: there }));
      const vault = bound([new URL(here).host]);
      const denied = { error: { code: 'credential_host_denied', retryable: false, details: { credential: 'BEARER' } } };
      expect(await call({ url: there, credential: 'BEARER' }, { vault })).toMatchObject(denied);
      const redirected = { url: here, credential: 'BEARER', follow_redirects: true };
      expect(await call(redirected, { vault })).toMatchObject(denied);
      expect(calls).toBe(0);
    });

    it('does not send it to another origin that a redirect leads to [S068]', async () => {
      const there = await serve(echo);
      const here = await serve(answer(302, { location: there }));
      for (const credential of ['BASIC', 'BEARER', 'HEADER']) {
        const outcome = await call({ url: here, credential, follow_redirects: true }, { vault: bound(null) });
        const { headers } = (outcome as { output: { body: { headers: Record<string, string> } } }).output.body;
        expect(headers).not.toHaveProperty('authorization');
        expect(headers).not.toHaveProperty('x-key');
      }
    });
  });
});
