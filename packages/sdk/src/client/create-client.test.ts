/** The client on a network that is a function: what goes out, how often, and what comes of the answers. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, ConnectionError, createClient, TimeoutError } from './index.ts';

type Sent = {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
};
type Answer = (sent: Sent, signal: AbortSignal) => Response | Promise<Response>;

/** The last answer is given again and again. */
function aNetwork(...answers: readonly Answer[]) {
  const sent: Sent[] = [];
  const reply: typeof fetch = async (input, init) => {
    const { method = 'GET', headers = {}, body, signal } = init ?? {};
    const text = typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined;
    const each = { url: String(input), method, headers: headers as Record<string, string>, body: text };
    sent.push(each);
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    return answer?.(each, signal as AbortSignal) ?? Response.error();
  };
  return { sent, fetch: reply };
}
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify(body), { status, headers });
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  json(status, { status, code, title: 'No', detail: 'because', correlation_id: 'c1' }, headers);
const broken: Answer = () =>
  Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
const silent: Answer = (_sent, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const aPage = json(200, { data: [], next_cursor: null });
const clientOn = (network: { fetch: typeof fetch }, more: object = {}) =>
  createClient({ url: 'http://flows.test', apiKey: 'cfk_live_x', fetch: network.fetch, ...more });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Lets the client wait without anybody waiting. */
async function settled<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const all = Promise.allSettled([work]);
  await vi.runAllTimersAsync();
  const [result] = await all;
  return result;
}
async function failure(work: Promise<unknown>): Promise<unknown> {
  const result = await settled(work);
  return result.status === 'rejected' ? result.reason : expect.fail('it did not fail');
}

describe('a call', () => {
  it('goes below /api/v1 of the address, with the key, and tells what was answered', async () => {
    const network = aNetwork(json(201, { workflow_id: 'a' }));
    for (const url of ['http://flows.test', 'http://flows.test/', 'http://flows.test/api/v1/'])
      expect(await clientOn(network, { url }).workflows.create({ steps: [] })).toEqual({ workflow_id: 'a' });
    expect(network.sent.map(({ url }) => url)).toEqual(Array(3).fill('http://flows.test/api/v1/workflows'));
    expect(network.sent[0]).toMatchObject({ method: 'POST', body: { steps: [] } });
    expect(network.sent[0]?.headers).toMatchObject({ authorization: 'Bearer cfk_live_x' });
  });

  it('asks for a token whenever it needs one', async () => {
    const network = aNetwork(broken, aPage);
    let made = 0;
    const client = createClient({ url: 'http://flows.test', token: async () => `t${++made}`, fetch: network.fetch });
    await settled(client.workflows.list().page());
    expect(network.sent.map(({ headers }) => headers['authorization'])).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('is not made to an address or with credentials that are none', () => {
    for (const url of ['flows.test', 'ftp://flows.test', 'http://ann@flows.test'])
      expect(() => createClient({ url })).toThrow(TypeError);
    expect(() => createClient({ url: 'http://flows.test', apiKey: 'a', token: 'b' })).toThrow(TypeError);
  });
});

describe('a call that fails', () => {
  it('is tried again under the same key and correlation id, up to three times', async () => {
    const network = aNetwork(broken, problem(503, 'database_unavailable'), problem(500, 'internal'), json(202, {}));
    await settled(clientOn(network).workflows.execute('a'));
    expect(network.sent).toHaveLength(4);
    for (const name of ['idempotency-key', 'x-correlation-id'])
      expect(new Set(network.sent.map(({ headers }) => headers[name])).size).toBe(1);

    const down = aNetwork(broken);
    const error = await failure(clientOn(down).workflows.execute('a'));
    expect(down.sent).toHaveLength(4);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ message: 'POST /workflows/a/execute got no answer: connect ECONNREFUSED' });
  });

  it('is not tried again when it could be done twice', async () => {
    for (const answer of [broken, problem(500, 'internal')]) {
      const network = aNetwork(answer);
      await failure(clientOn(network).executions.signal('e', 'go'));
      await failure(clientOn(network).executions.updateLabels('e', { labels: { a: 'b' } }));
      expect(network.sent).toHaveLength(2);
    }
    const busy = aNetwork(problem(429, 'too_many_signals', { 'retry-after': '1' }), json(202, {}));
    expect(await settled(clientOn(busy).executions.signal('e', 'go'))).toMatchObject({ status: 'fulfilled' });
  });

  it('that only reads is tried again, though it is a POST', async () => {
    const network = aNetwork(broken, json(200, { valid: true }));
    expect(await settled(clientOn(network).workflows.validate({}))).toMatchObject({ value: { valid: true } });
  });

  it('waits as long as the server says, and not at all when there is no time for that', async () => {
    const begun = Date.now();
    const network = aNetwork(problem(429, 'rate_limited', { 'retry-after': '7' }), aPage);
    await settled(clientOn(network).workflows.list().page());
    expect(Date.now() - begun).toBeGreaterThanOrEqual(7_000);

    const later = aNetwork(problem(429, 'rate_limited', { 'retry-after': '3600' }));
    const before = Date.now();
    expect(await failure(clientOn(later).workflows.list().page())).toMatchObject({ code: 'rate_limited' });
    expect([later.sent.length, Date.now() - before]).toEqual([1, 0]);
  });
});

describe('a call without an answer', () => {
  it('is given up when its time is over, tries included', async () => {
    const network = aNetwork(silent);
    const begun = Date.now();
    const error = await failure(clientOn(network, { timeoutMs: 50_000 }).workflows.get('a'));
    expect(error).toBeInstanceOf(TimeoutError);
    expect([network.sent.length, Date.now() - begun <= 50_000]).toEqual([3, true]);
  });

  it('has all of the time for one try where there may be no other', async () => {
    const network = aNetwork(silent);
    expect(await failure(clientOn(network).executions.signal('e', 'go'))).toMatchObject({ timeoutMs: 60_000 });
    expect(network.sent).toHaveLength(1);
  });

  it('is given up in time whatever does not come: a token, or a fetch that knows no signal', async () => {
    const never = () => new Promise<never>(() => {});
    const noToken = createClient({ url: 'http://flows.test', token: never, fetch: aNetwork(aPage).fetch, retries: 0 });
    expect(await failure(noToken.workflows.get('a'))).toBeInstanceOf(TimeoutError);
    expect(await failure(clientOn({ fetch: never }, { retries: 0 }).workflows.get('a'))).toBeInstanceOf(TimeoutError);
  });

  it('may have more time than a timer knows', async () => {
    const slow: Answer = () => new Promise((resolve) => setTimeout(() => resolve(aPage()), 1_000));
    const asked = { timeoutMs: Number.POSITIVE_INFINITY, tryTimeoutMs: 40 * 86_400_000, retries: 0 };
    expect(await settled(clientOn(aNetwork(slow)).workflows.get('a', asked))).toMatchObject({ status: 'fulfilled' });
  });

  it('ends with the reason of a signal: its own, or that of the client; also between two tries', async () => {
    const reason = new Error('enough');
    for (const answer of [silent, broken]) {
      const own = new AbortController();
      const work = failure(clientOn(aNetwork(answer)).workflows.get('a', { signal: own.signal }));
      own.abort(reason);
      expect(await work).toBe(reason);
      const all = new AbortController();
      const other = failure(clientOn(aNetwork(answer), { signal: all.signal }).workflows.get('a'));
      all.abort(reason);
      expect(await other).toBe(reason);
    }
    const gone = aNetwork(silent);
    expect(await failure(clientOn(gone).workflows.get('a', { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(gone.sent).toHaveLength(0);
  });
});

describe('an answer', () => {
  it('that refuses is an error with everything that the problem says', async () => {
    const places = [{ pointer: '/a', code: 'unknown_field', message: 'no', suggestion: 'b' }];
    const body = { status: 400, code: 'invalid_body', title: 'No', detail: 'a', correlation_id: 'c1', errors: places };
    const error = await failure(clientOn(aNetwork(json(400, body, { 'x-more': '1' }))).workflows.create({}));
    expect(error).toMatchObject({
      name: 'ApiError',
      message: 'No: a',
      status: 400,
      code: 'invalid_body',
      errors: places,
      correlationId: 'c1',
    });
    expect((error as { headers: Headers }).headers.get('x-more')).toBe('1');
  });

  it('of something else is said to be that', async () => {
    const page = () => new Response('<html>', { status: 404, headers: { 'content-type': 'text/html' } });
    expect(await failure(clientOn(aNetwork(page)).workflows.get('a'))).toMatchObject({
      code: 'unexpected_answer',
      status: 404,
    });
    const portal = () => new Response('<html>', { status: 200 });
    expect(await failure(clientOn(aNetwork(portal)).workflows.get('a'))).toMatchObject({
      code: 'unexpected_answer',
      status: 200,
    });
  });

  it('has a code that the compiler knows', async () => {
    const error = await failure(clientOn(aNetwork(problem(404, 'not_found'))).workflows.get('a'));
    if (!(error instanceof ApiError)) return expect.fail('it is no ApiError');
    // @ts-expect-error there is no such code
    expect(error.code === 'not_fund').toBe(false);
    expect(error.code === 'not_found').toBe(true);
  });

  it('to a start is as JSON what the API said', async () => {
    const started = { execution_id: 'e', status: 'PENDING', links: { self: '/e' } };
    const handle = await clientOn(aNetwork(json(202, started))).workflows.execute('a');
    expect(JSON.parse(JSON.stringify(handle))).toEqual(started);
  });

  it('that is empty is undefined', async () => {
    const network = aNetwork(() => new Response(null, { status: 204 }));
    expect(await clientOn(network).workflows.delete('a')).toBeUndefined();
  });
});

describe('a logger', () => {
  it("hears of tries, and of nothing that is nobody's business", async () => {
    const lines: unknown[] = [];
    const note = (fields: object, message: string) => lines.push([fields, message]);
    const network = aNetwork(problem(503, 'unavailable'), json(200, { data: [{ secret: 'deep' }], next_cursor: null }));
    await settled(
      clientOn(network, { logger: { debug: note, warn: note } })
        .workflows.list({ q: 'hush' })
        .page(),
    );
    expect(lines).toHaveLength(3);
    const text = JSON.stringify(lines);
    expect(text).toContain('/workflows');
    for (const word of ['hush', 'deep', 'cfk_live_x']) expect(text).not.toContain(word);
  });
});

describe('any operation', () => {
  it('can be called by its path, and tells status and headers', async () => {
    const network = aNetwork(json(200, { a: 1 }, { etag: '"7"' }));
    const answer = await clientOn(network).request('GET', '/workflows/a', { query: { x: [1, 2] } });
    expect(answer).toMatchObject({ status: 200, data: { a: 1 } });
    expect(answer.headers.get('etag')).toBe('"7"');
    expect(network.sent[0]?.url).toBe('http://flows.test/api/v1/workflows/a?x=1&x=2');
  });
});
