/** A worker on a network that is a function: what it takes, keeps, answers and gives back. */
import Type from 'typebox';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ActionError, defineAction, RetryableError } from '../index.ts';
import { createWorker, type WorkerOptions } from './index.ts';

afterEach(() => vi.useRealTimers());

const anAction = (run: Parameters<typeof defineAction>[0]['run'], more: object = {}) =>
  defineAction({
    type: 'acme.charge',
    title: 'Charge',
    description: 'Charges a card.',
    version: 1,
    config: Type.Object({ amount: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
    output: Type.Unknown(),
    errors: [],
    defaultTimeoutMs: 10_000,
    effect: 'external',
    run,
    ...more,
  });

const aTask = (more: object = {}) => ({
  id: 't1',
  lease_token: 'k1',
  type: 'acme.charge',
  config: { amount: 7 },
  execution_id: 'e1',
  workflow_id: 'w',
  step: 'charge',
  attempt: 1,
  delivery: 'at_least_once',
  idempotency_key: 'e1/charge/0/0',
  correlation_id: 'c1',
  traceparent: '00-0-0-01',
  timeout_ms: 10_000,
  ...more,
});

type Answer = { readonly status: number; readonly body?: unknown };
type Sent = { readonly path: string; readonly body: { readonly [field: string]: unknown } };

/** Tasks are given out once; what a route answers otherwise can be set. */
function aServer(tasks: object[], answers: Record<string, (sent: Sent, times: number) => Answer | undefined> = {}) {
  const sent: Sent[] = [];
  const arrived = (path: string) => sent.filter((each) => each.path === path);
  const reply: typeof fetch = async (input, init) => {
    const path = new URL(String(input)).pathname.replace('/api/v1', '');
    const each = { path, body: JSON.parse((init?.body as string | undefined) ?? '{}') as Sent['body'] };
    sent.push(each);
    const answer = answers[path]?.(each, arrived(path).length);
    if (answer !== undefined) return respond(answer);
    if (path.startsWith('/registry/')) return respond({ status: 200, body: {} });
    if (path === '/tasks/heartbeat') return respond({ status: 200, body: { tasks: [] } });
    if (path !== '/tasks/claim') return respond({ status: 204 });
    if (tasks.length > 0)
      return respond({ status: 200, body: { tasks: tasks.splice(0, each.body['limit'] as number) } });
    return new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  };
  return { sent, arrived, fetch: reply };
}
const respond = ({ status, body }: Answer) => new Response(status === 204 ? null : JSON.stringify(body), { status });
const refusal = (status: number, code: string): Answer => ({
  status,
  body: { status, code, title: code, detail: '', correlation_id: 'c' },
});

const options = (
  server: { fetch: typeof fetch },
  actions: WorkerOptions['actions'],
  more: object = {},
): WorkerOptions => ({
  url: 'http://flows.test',
  apiKey: 'cfk_live_x',
  fetch: server.fetch,
  actions,
  ...more,
});

/** Until this has been sent to; then it is stopped. */
async function workedUntil(
  server: ReturnType<typeof aServer>,
  path: string,
  { actions, more = {} }: { actions: WorkerOptions['actions']; more?: object },
) {
  const worker = createWorker(options(server, actions, more));
  const done = worker.run();
  await vi.waitFor(() => expect(server.arrived(path).length).toBeGreaterThan(0), { timeout: 5_000, interval: 5 });
  await worker.stop();
  await done;
  return server.arrived(path)[0]?.body;
}

describe('a worker', () => {
  it('declares what it runs, takes a task of that type, and answers with what the action gave', async () => {
    const seen: unknown[] = [];
    const action = anAction(async ({ config, idempotencyKey, attempt }) => {
      seen.push([config, idempotencyKey, attempt]);
      return { at: new Date(0), gone: undefined };
    });
    const server = aServer([aTask()]);
    const answer = await workedUntil(server, '/tasks/complete', { actions: [action], more: { name: 'w1' } });
    expect(answer).toEqual({ id: 't1', lease_token: 'k1', output: { at: '1970-01-01T00:00:00.000Z' } });
    expect(seen).toEqual([[{ amount: 7 }, 'e1/charge/0/0', 1]]);
    expect(server.sent[0]).toMatchObject({
      path: '/registry/actions/acme.charge',
      body: { version: 1, default_timeout_ms: 10_000 },
    });
    expect(server.arrived('/tasks/claim')[0]?.body).toMatchObject({ worker: 'w1', types: ['acme.charge'], limit: 10 });
  });

  it.each([
    [
      new ActionError('no', { code: 'declined', details: { by: 'bank' } }),
      { code: 'declined', message: 'no', retryable: false, details: { by: 'bank' } },
    ],
    [
      new RetryableError('busy', { code: 'busy', afterMs: 50.4 }),
      { code: 'busy', message: 'busy', retryable: true, retry_after_ms: 50 },
    ],
    [new Error('broken'), { code: 'action_error', message: 'broken' }],
    ['a text', { code: 'action_error', message: 'The action threw a text' }],
  ])('says how an action failed: %s', async (thrown, error) => {
    const action = anAction(async () => {
      throw thrown;
    });
    expect(await workedUntil(aServer([aTask()]), '/tasks/fail', { actions: [action] })).toMatchObject({ error });
  });

  it('does not run a config that does not fit, nor output that is no JSON', async () => {
    const run = vi.fn(async () => null);
    const wrong = await workedUntil(aServer([aTask({ config: { amount: 0 } })]), '/tasks/fail', {
      actions: [anAction(run)],
    });
    expect(wrong).toMatchObject({ error: { code: 'config_invalid', details: { problems: [{ pointer: '/amount' }] } } });
    expect(run).not.toHaveBeenCalled();
    const plain = anAction(run, { config: { type: 'object', properties: { amount: { type: 'string' } } } });
    const misfit = await workedUntil(aServer([aTask()]), '/tasks/fail', { actions: [plain] });
    expect(misfit).toMatchObject({ error: { code: 'config_invalid' } });
    const round: { self?: unknown } = {};
    round.self = round;
    const circle = await workedUntil(aServer([aTask()]), '/tasks/fail', { actions: [anAction(async () => round)] });
    expect(circle).toMatchObject({ error: { code: 'action_error' } });
  });

  it('stops a try at its timeout, and one that is not wanted any more', async () => {
    const untilStopped = anAction(
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const late = await workedUntil(aServer([aTask({ timeout_ms: 20 })]), '/tasks/fail', { actions: [untilStopped] });
    expect(late).toMatchObject({ error: { code: 'timeout', retryable: true } });
    const heard = () => ({ status: 200, body: { tasks: [{ id: 't1', state: 'cancel', lease_until: null }] } });
    const server = aServer([aTask()], { '/tasks/heartbeat': heard });
    const stopped = await workedUntil(server, '/tasks/fail', { actions: [untilStopped], more: { leaseMs: 30 } });
    expect(stopped).toMatchObject({ error: { code: 'aborted' } });
  });

  it('runs no more at once than it is to', async () => {
    let [now, most] = [0, 0];
    const action = anAction(async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    });
    const server = aServer(Array.from({ length: 20 }, (_, n) => aTask({ id: `t${n}` })));
    const worker = createWorker(options(server, [action], { concurrency: 3 }));
    const done = worker.run();
    await vi.waitFor(() => expect(server.arrived('/tasks/complete')).toHaveLength(20));
    await worker.stop();
    await done;
    expect(most).toBe(3);
  });

  it('asks again while the server is away, also with an answer', async () => {
    const twice = (_: Sent, times: number) => (times < 3 ? refusal(503, 'unavailable') : undefined);
    const server = aServer([aTask()], { '/tasks/claim': twice, '/tasks/complete': twice });
    const worker = createWorker(options(server, [anAction(async () => 1)]));
    const done = worker.run();
    await vi.waitFor(() => expect(server.arrived('/tasks/complete')).toHaveLength(3), { timeout: 8_000 });
    await worker.stop();
    await done;
  }, 15_000);

  it('ends when the server refuses its key or its declaration, and says so', async () => {
    const refused = () => refusal(403, 'forbidden');
    for (const path of ['/registry/actions/acme.charge', '/tasks/claim'])
      await expect(
        createWorker(options(aServer([], { [path]: refused }), [anAction(async () => 1)])).run(),
      ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('finishes what it runs when it is told to stop, and gives back what does not end in time', async () => {
    let finish: (value: number) => void = () => undefined;
    const slow = anAction(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    const server = aServer([aTask()]);
    const stop = new AbortController();
    const worker = createWorker(options(server, [slow], { signal: stop.signal }));
    const done = worker.run();
    await vi.waitFor(() => expect(worker.running).toBe(1));
    stop.abort();
    finish(1);
    await done;
    expect(server.arrived('/tasks/complete')).toHaveLength(1);

    const deaf = anAction(() => new Promise(() => undefined));
    const other = aServer([aTask(), aTask({ id: 't2', delivery: 'at_most_once' })]);
    const left = createWorker(options(other, [deaf], { drainMs: 20 }));
    const gone = left.run();
    await vi.waitFor(() => expect(left.running).toBe(2));
    await left.stop();
    await gone;
    const told = [...other.arrived('/tasks/release'), ...other.arrived('/tasks/fail')].map(({ body }) => body);
    expect(JSON.stringify(told)).toContain('t1');
  }, 15_000);

  it('has credentials only where it was given some', async () => {
    const opens = anAction(async ({ credential }) => (await credential('KEY')).values['token']);
    expect(await workedUntil(aServer([aTask()]), '/tasks/fail', { actions: [opens] })).toMatchObject({
      error: { code: 'credential_unknown' },
    });
    const credential = (name: string) =>
      name === 'KEY' ? { type: 'http_bearer', values: { token: 's3' } } : undefined;
    expect(
      await workedUntil(aServer([aTask()]), '/tasks/complete', { actions: [opens], more: { credential } }),
    ).toMatchObject({ output: 's3' });
  });
});
