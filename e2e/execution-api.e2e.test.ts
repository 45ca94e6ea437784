/** Executions over HTTP: starting once, waiting, cancelling, pausing, and what can be seen of them. */
import { describe, expect, it } from 'vitest';
import type { Answer } from './api-client.ts';
import { at, aWorkflow, calls, type Definition, naps, needs, once, says, waits } from './definitions.ts';
import { openStream } from './event-stream.ts';
import { useProduct } from './product.ts';

const product = useProduct();

async function saved(definition: Definition, script = {}) {
  const world = product.outside.world(script);
  const answer = await product.api.post('/workflows', at(world.url, definition));
  expect(answer, JSON.stringify(answer.json)).toMatchObject({ status: 201 });
  return { world, path: `/workflows/${definition.workflow_id}` };
}

function seesProblem(answer: Answer, status: number, code: string): void {
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.json).toMatchObject({
    status,
    code,
    type: expect.any(String),
    title: expect.any(String),
    detail: expect.any(String),
    instance: expect.any(String),
    correlation_id: expect.any(String),
  });
  expect(answer.status).toBe(status);
}

describe('starting', () => {
  it('answers 202 with the id, where to look, and PENDING or RUNNING [G16 E8]', async () => {
    const { path } = await saved(aWorkflow([naps('nap', '1h')]));
    const answer = await product.api.post(`${path}/execute`, { input: { a: 1 } });
    const id = answer.json.execution_id;
    expect(answer).toMatchObject({ status: 202, json: { links: { self: `/api/v1/executions/${id}` } } });
    expect(['PENDING', 'RUNNING']).toContain(answer.json.status);
    expect(answer.headers.get('location')).toBe(`/api/v1/executions/${id}`);

    const found = await product.api.get(`/executions/${id}`);
    expect(found).toMatchObject({ status: 200, json: { id, input: { a: 1 }, output: null, parent: null, root: id } });
    await product.api.post(`/executions/${id}/cancel`);
  });

  it('needs no body: the input is then an empty object', async () => {
    const { path } = await saved(aWorkflow([says('a', '${ input }')]));
    const answer = await product.api.post(`${path}/execute?wait=10s`);
    expect(answer).toMatchObject({ status: 200, json: { input: {}, output: { a: {} } } });
  });

  it('keeps labels and the business key', async () => {
    const { path } = await saved(aWorkflow([]));
    const body = { labels: { team: 'ops', 'a b': '' }, business_key: 'order 7 — ü', priority: 1 };
    const answer = await product.api.post(`${path}/execute?wait=10s`, body);
    const { labels, business_key } = body;
    expect(answer).toMatchObject({ status: 200, json: { labels, business_key } });
    expect((await product.api.get(`/executions/${answer.json.id}`)).json).toMatchObject({ labels, business_key });
  });

  it('refuses input that does not fit its schema, with pointers into the input, and starts nothing [E1]', async () => {
    const input_schema = { type: 'object', required: ['email'], properties: { email: { type: 'string' } } };
    const { path } = await saved(aWorkflow([], { input_schema }));
    for (const input of [{ email: 5 }, {}]) {
      const answer = await product.api.post(`${path}/execute`, { input });
      seesProblem(answer, 422, 'input_invalid');
      expect(answer.json.errors).toMatchObject([{ pointer: '/email' }]);
    }
    expect((await product.api.get(`${path}/history`)).json.data).toEqual([]);
  });

  it.each([
    ['an unknown field', { inputs: {} }, '/inputs'],
    ['a priority that does not exist', { priority: 6 }, '/priority'],
    ['a label that no text column can hold', { labels: { a: 'x\u0000' } }, '/labels/a'],
    ['a name of a label that no text column can hold', { labels: { 'a\u0000': 'x' } }, '/labels/a\u0000'],
    ['a business key with a lone surrogate', '{"business_key":"\\ud800"}', '/business_key'],
    ['labels that are a list', { labels: ['a'] }, '/labels'],
  ])('refuses %s with 400 at its pointer', async (_, body, pointer) => {
    const { path } = await saved(aWorkflow([]));
    const answer = await product.api.post(`${path}/execute`, body);
    seesProblem(answer, 400, 'invalid_body');
    expect(answer.json.errors).toContainEqual(expect.objectContaining({ pointer }));
  });

  it('answers 404 for a workflow that does not exist, whatever its name looks like', async () => {
    for (const name of ['none', '01900000-0000-7000-8000-000000000000', 'NOT-A-SLUG', '%00', 'a%27b'])
      seesProblem(await product.api.post(`/workflows/${name}/execute`), 404, 'not_found');
  });
});

describe('waiting', () => {
  it('answers 200 with the failed execution as well as with the completed one [T6]', async () => {
    const { path } = await saved(aWorkflow([calls('pay', once)]), { 'POST /pay': [{ status: 400 }] });
    const answer = await product.api.post(`${path}/execute?wait=10s`);
    expect(answer).toMatchObject({
      status: 200,
      json: { status: 'FAILED', error: { code: 'http_status', step: 'pay' } },
    });
    expect((await product.api.get(`/executions/${answer.json.id}`)).json).toEqual(answer.json);
  });

  it('answers 202 when the time is over before the execution is', async () => {
    const { path } = await saved(aWorkflow([naps('nap', '1h')]));
    const answer = await product.api.post(`${path}/execute?wait=200ms`);
    expect(answer).toMatchObject({ status: 202, json: { status: 'RUNNING', execution_id: expect.any(String) } });
    await product.api.post(`/executions/${answer.json.execution_id}/cancel`);
  });

  it('does not cancel what the caller no longer waits for', async () => {
    const { path, world } = await saved(aWorkflow([calls('slow')]), { 'POST /slow': [{ delayMs: 500 }] });
    const gone = new AbortController();
    const start = fetch(`${product.server.url}/api/v1${path}/execute?wait=30s`, {
      method: 'POST',
      headers: { authorization: `Bearer ${product.server.apiKey}`, 'idempotency-key': 'left' },
      signal: gone.signal,
    });
    await world.called(1);
    gone.abort();
    await expect(start).rejects.toThrow();
    const again = await product.api.post(`${path}/execute?wait=10s`, {}, { 'idempotency-key': 'left' });
    expect(again).toMatchObject({ status: 200, json: { status: 'COMPLETED' } });
    expect(world.calls).toHaveLength(1);
  });

  it.each(['46s', '-1s', 'soon', '', '1d'])('refuses to wait "%s"', async (wait) => {
    const { path } = await saved(aWorkflow([]));
    seesProblem(await product.api.post(`${path}/execute?wait=${wait}`), 400, 'invalid_parameter');
  });
});

describe('idempotency keys', () => {
  it('starts once, however many ask at the same time [F75 E13]', async () => {
    const { path, world } = await saved(aWorkflow([calls('call')]), { 'POST /call': [{ delayMs: 100 }] });
    const answers = await Promise.all(
      Array.from({ length: 25 }, () =>
        product.api.post(`${path}/execute`, { input: { n: 1 } }, { 'idempotency-key': 'once' }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ json }) => json.execution_id)).size).toBe(1);
    const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
    expect(replayed).toHaveLength(24);
    await product.api.ended(answers[0]!.json.execution_id);
    expect(world.calls).toHaveLength(1);
  });

  it('answers a repeat for the same execution, and waits again when asked', async () => {
    const { path } = await saved(aWorkflow([naps('nap', 300)]));
    const key = { 'idempotency-key': 'repeat' };
    const first = await product.api.post(`${path}/execute`, { input: { a: 1, b: 2 } }, key);
    const second = await product.api.post(`${path}/execute?wait=10s`, { input: { b: 2, a: 1 } }, key);
    expect(second).toMatchObject({ status: 200, json: { id: first.json.execution_id, status: 'COMPLETED' } });
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const third = await product.api.post(`${path}/execute?wait=10s`, { input: { a: 1, b: 2 } }, key);
    expect(third.json).toEqual(second.json);
  });

  it('refuses the key for another body or another workflow [F75]', async () => {
    const { path } = await saved(aWorkflow([]));
    const other = await saved(aWorkflow([]));
    const key = { 'idempotency-key': 'taken' };
    expect((await product.api.post(`${path}/execute`, { input: 1 }, key)).status).toBe(202);
    seesProblem(await product.api.post(`${path}/execute`, { input: 2 }, key), 422, 'idempotency_key_reused');
    seesProblem(
      await product.api.post(`${path}/execute`, { input: 1, priority: 2 }, key),
      422,
      'idempotency_key_reused',
    );
    seesProblem(await product.api.post(`${other.path}/execute`, { input: 1 }, key), 422, 'idempotency_key_reused');
  });

  it.each([' ', 'x'.repeat(256)])('refuses the key "%s" [F75]', async (key) => {
    const { path } = await saved(aWorkflow([]));
    seesProblem(await product.api.post(`${path}/execute`, {}, { 'idempotency-key': key }), 400, 'invalid_parameter');
  });
});

describe('cancelling', () => {
  it('ends a running execution CANCELLED, starts nothing more, and is refused when it has ended [E25]', async () => {
    const { path, world } = await saved(
      aWorkflow([calls('one'), naps('nap', '1h', needs('one')), calls('two', needs('nap'))]),
    );
    const { json } = await product.api.post(`${path}/execute`);
    const id = json.execution_id;
    await product.api.until(id, ({ wait_reason }) => wait_reason === 'delay');

    const answer = await product.api.post(`/executions/${id}/cancel`, { reason: 'changed my mind' });
    expect(answer.status).toBe(202);
    expect(await product.api.ended(id)).toMatchObject({ status: 'CANCELLED', wait_reason: null });
    seesProblem(await product.api.post(`/executions/${id}/cancel`), 409, 'execution_ended');
    expect(world.calls.map(({ name }) => name)).toEqual(['POST /one']);
    const events = await product.api.all(`/executions/${id}/events`);
    expect(events).toContainEqual(expect.objectContaining({ type: 'cancel_requested', reason: 'changed my mind' }));
  });
});

describe('pausing', () => {
  it('begins nothing until it is resumed, and goes on where it was [E19]', async () => {
    const { path, world } = await saved(
      aWorkflow([calls('one'), naps('nap', '300ms', needs('one')), calls('two', needs('nap'))]),
    );
    const { json } = await product.api.post(`${path}/execute`);
    const id = json.execution_id;
    await product.api.until(id, ({ wait_reason }) => wait_reason === 'delay');
    expect(await product.api.post(`/executions/${id}/pause`, { reason: 'maintenance' })).toMatchObject({ status: 202 });
    await product.api.until(id, ({ wait_reason }) => wait_reason === 'paused');

    // The wait is over by the time the second execution of its kind has waited as long.
    const other = await product.api.post(`${path}/execute?wait=10s`);
    expect(other.json.status).toBe('COMPLETED');
    expect(await product.api.get(`/executions/${id}`)).toMatchObject({
      json: { status: 'RUNNING', wait_reason: 'paused' },
    });
    expect(world.calls.map(({ name }) => name)).toEqual(['POST /one', 'POST /one', 'POST /two']);

    expect(await product.api.post(`/executions/${id}/resume`)).toMatchObject({ status: 202 });
    expect(await product.api.ended(id)).toMatchObject({ status: 'COMPLETED' });
    expect(world.calls).toHaveLength(4);
    const types = (await product.api.all(`/executions/${id}/events`)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['execution_paused', 'execution_resumed']));
    seesProblem(await product.api.post(`/executions/${id}/pause`), 409, 'execution_ended');
  });
});

describe('signals', () => {
  const asking = (more: object = {}) => aWorkflow([{ id: 'ask', type: 'wait', config: { signal: 'go', ...more } }]);

  it('are accepted with 202 and links, refused after the end and for what is not there [F77]', async () => {
    const { path } = await saved(asking());
    const { execution_id: id } = (await product.api.post(`${path}/execute`)).json;
    const answer = await product.api.post(`/executions/${id}/signals/go`, { payload: { text: 'a\u0000b' } });
    expect(answer).toMatchObject({
      status: 202,
      json: { execution_id: id, links: { self: `/api/v1/executions/${id}` } },
    });
    expect(await product.api.ended(id)).toMatchObject({ status: 'COMPLETED', output: { ask: { text: 'a\u0000b' } } });
    const events = await product.api.all(`/executions/${id}/events`);
    expect(events).toContainEqual(expect.objectContaining({ type: 'signal_received', name: 'go', step_id: 'ask' }));
    seesProblem(await product.api.post(`/executions/${id}/signals/go`, {}), 409, 'execution_ended');
    seesProblem(await product.api.post(`/executions/${crypto.randomUUID()}/signals/go`, {}), 404, 'not_found');
  });

  it('have a name that is a slug, and a body with nothing but a payload', async () => {
    const { path } = await saved(asking());
    const { execution_id: id } = (await product.api.post(`${path}/execute`)).json;
    seesProblem(await product.api.post(`/executions/${id}/signals/Go%20on`, {}), 404, 'not_found');
    seesProblem(await product.api.post(`/executions/${id}/signals/go`, { paylod: 1 }), 400, 'invalid_body');
    await product.api.until(id, ({ wait_reason }) => wait_reason === 'signal');
    expect((await product.api.post(`/executions/${id}/signals/go`, {})).status).toBe(202);
    expect(await product.api.ended(id)).toMatchObject({ output: { ask: null } });
  });

  it('are refused with 429 when a thousand wait for a step', async () => {
    const { path } = await saved(asking());
    const { execution_id: id } = (await product.api.post(`${path}/execute`)).json;
    const sendSome = async () => {
      for (let n = 0; n < 100; n += 1)
        expect((await product.api.post(`/executions/${id}/signals/other`, {})).status).toBe(202);
    };
    await Promise.all(Array.from({ length: 10 }, sendSome));
    const refused = await product.api.post(`/executions/${id}/signals/other`, {});
    seesProblem(refused, 429, 'too_many_signals');
    expect(refused.headers.get('retry-after')).toBe('1');
    await product.api.post(`/executions/${id}/cancel`);
  });
});

describe('what can be seen', () => {
  it('shows the journal in order, and the same over small pages [E11]', async () => {
    const { path } = await saved(aWorkflow([says('a', 1), says('b', 2, needs('a')), naps('c', 20, needs('b'))]));
    const { json } = await product.api.post(`${path}/execute?wait=10s`);
    const events = await product.api.all(`/executions/${json.id}/events`);
    const types = events.map(({ type }) => type);
    expect(types[0]).toBe('execution_started');
    expect(types.at(-1)).toBe('execution_ended');
    expect(types.filter((type) => type === 'step_succeeded')).toHaveLength(3);
    expect(await product.api.all(`/executions/${json.id}/events`, 2)).toEqual(events);
    expect(await product.api.all(`/executions/${json.id}/steps`, 1)).toEqual(
      await product.api.all(`/executions/${json.id}/steps`),
    );
  });

  it('lists executions newest first, by status, workflow and time, and holds still while others start', async () => {
    const { path } = await saved(aWorkflow([]));
    const workflow = path.split('/').at(-1);
    const started: string[] = [];
    for (let n = 0; n < 5; n += 1) started.push((await product.api.post(`${path}/execute?wait=10s`)).json.id);
    const filter = `/executions?workflow_id=${workflow}&status=COMPLETED,FAILED`;

    const page = await product.api.get(`${filter}&limit=2`);
    const late = (await product.api.post(`${path}/execute?wait=10s`)).json;
    const rest = await product.api.get(`${filter}&limit=50&cursor=${encodeURIComponent(page.json.next_cursor!)}`);
    expect([...page.json.data, ...rest.json.data].map(({ id }) => id)).toEqual(started.toReversed());

    expect((await product.api.get(`${filter}&started_after=${late.created_at}`)).json.data.map(({ id }) => id)).toEqual(
      [late.id],
    );
    expect((await product.api.get(`/executions?workflow_id=${workflow}&status=RUNNING`)).json.data).toEqual([]);
    const before = await product.api.get(`${filter}&started_before=${late.created_at}`);
    expect(before.json.data.map(({ id }) => id)).toEqual(started.toReversed());
  });

  it('shows the history of a workflow, 50 a page [G17]', async () => {
    const { path } = await saved(aWorkflow([]));
    await Promise.all(Array.from({ length: 52 }, () => product.api.post(`${path}/execute`)));
    const page = await product.api.get(`${path}/history`);
    expect(page.json.data).toHaveLength(50);
    const rest = await product.api.get(`${path}/history?cursor=${encodeURIComponent(page.json.next_cursor!)}`);
    expect(rest.json.data).toHaveLength(2);
    expect(rest.json.next_cursor).toBeNull();
  });

  it.each([
    '/executions?status=RUNING',
    '/executions?started_after=yesterday',
    '/executions?sort=id',
    '/executions?limit=1000',
    '/executions?status=RUNNING&status=FAILED',
  ])('refuses %s with 400 problem+json', async (path) => {
    const answer = await product.api.get(path);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each(['', '/steps', '/events'])(
    'answers 404 for GET /executions/{id}%s of one that does not exist',
    async (rest) => {
      for (const id of ['01900000-0000-7000-8000-000000000000', 'nothing', '%00', '1'])
        seesProblem(await product.api.get(`/executions/${id}${rest}`), 404, 'not_found');
    },
  );
});

describe('following the journal', () => {
  const streamOf = (id: string, lastEventId?: string) =>
    openStream(`${product.server.url}/api/v1/executions/${id}/events`, { key: product.server.apiKey, lastEventId });

  it('streams what is committed and what comes, with the ids of the list, and ends after the final event', async () => {
    const { path } = await saved(aWorkflow([says('one', 1), waits('go', 'go'), says('two', 2, needs('go'))]));
    const id = (await product.api.post(`${path}/execute`)).json.execution_id;
    const stream = await streamOf(id);
    expect(stream.status).toBe(200);
    const seen: string[] = [];
    for await (const message of stream.read()) {
      if (typeof message === 'string') continue;
      seen.push(message.id);
      if (message.data['step_id'] === 'go' && message.data.type === 'step_started')
        await product.api.post(`/executions/${id}/signals/go`);
    }
    const listed = (await product.api.all(`/executions/${id}/events`, 2)).map((event) => event.id);
    expect(seen).toEqual(listed);
    expect((await streamOf(id, listed.at(-1))).status).toBe(204);
  });

  it('refuses an id that is none, and a stream of what is not there', async () => {
    const { path } = await saved(aWorkflow([says('one', 1)]));
    const { id } = (await product.api.post(`${path}/execute?wait=10s`)).json;
    const headers = { accept: 'text/event-stream', 'last-event-id': 'three' };
    seesProblem(await product.api.get(`/executions/${id}/events`, headers), 400, 'invalid_parameter');
    const nowhere = `/executions/00000000-0000-7000-8000-000000000000/events`;
    seesProblem(await product.api.get(nowhere, { accept: 'text/event-stream' }), 404, 'not_found');
    seesProblem(await product.api.get(`/executions/${id}/events`, { accept: 'text/html' }), 406, 'not_acceptable');
  });
});

describe('explaining', () => {
  const explain = async (id: string) => (await product.api.get(`/executions/${id}/explain`)).json;

  it('says what it waits for, who paused it, and how it ended', async () => {
    const { path } = await saved(aWorkflow([waits('go', 'go')]));
    const id = (await product.api.post(`${path}/execute`)).json.execution_id;
    await product.api.until(id, ({ wait_reason }) => wait_reason === 'signal');
    expect(await explain(id)).toMatchObject({
      status: 'RUNNING',
      wait_reason: 'signal',
      summary: 'Step `go` waits for `go`.',
      waits: [{ reason: 'signal', path: 'go', until: null, details: { signals: [{ name: 'go' }] } }],
      executing: [],
    });
    await product.api.post(`/executions/${id}/pause`, { reason: 'lunch' });
    await product.api.until(id, ({ wait_reason }) => wait_reason === 'paused');
    const [paused] = (await explain(id))['waits'] as { details: object; text: string }[];
    expect(paused?.text).toMatch(/^The execution is paused by api_key:[0-9a-f-]{36}: lunch\./);
    await product.api.post(`/executions/${id}/cancel`, { reason: 'too late' });
    await product.api.ended(id);
    expect(await explain(id)).toMatchObject({
      status: 'CANCELLED',
      waits: [],
      summary: expect.stringMatching(/^It was cancelled by .*: too late\.$/),
    });
  });

  it('says which execution holds the slot that it waits for, and its place in the queue', async () => {
    const { path } = await saved(aWorkflow([waits('go', 'go')], { concurrency: { limit: 1 } }));
    const first = (await product.api.post(`${path}/execute`)).json.execution_id;
    const second = (await product.api.post(`${path}/execute`)).json.execution_id;
    await product.api.until(second, ({ wait_reason }) => wait_reason === 'concurrency');
    expect(await explain(second)).toMatchObject({
      status: 'PENDING',
      wait_reason: 'concurrency',
      waits: [{ reason: 'concurrency', path: null, details: { position: 1, limit: 1, holders: [first] } }],
    });
    for (const id of [first, second]) {
      await product.api.post(`/executions/${id}/cancel`);
      await product.api.ended(id);
    }
  });

  it('is 404 for what is not there', async () => {
    seesProblem(await product.api.get('/executions/00000000-0000-7000-8000-000000000000/explain'), 404, 'not_found');
  });
});

describe('pausing a workflow', () => {
  it('keeps what is started until it goes on, and says who paused it', async () => {
    const { path } = await saved(aWorkflow([says('one', 1)]));
    const paused = await product.api.post(`${path}/pause`, { reason: 'stocktaking' });
    expect(paused).toMatchObject({ status: 200, json: { data: [{ scope: 'workflow', reason: 'stocktaking' }] } });
    expect((await product.api.get('/pauses')).json.data).toEqual(paused.json.data);
    const id = (await product.api.post(`${path}/execute`)).json.execution_id;
    await product.api.until(id, ({ status, wait_reason }) => status === 'PENDING' && wait_reason === 'paused');
    const { summary } = (await product.api.get(`/executions/${id}/explain`)).json;
    expect(summary).toMatch(/^Its workflow is paused by api_key:[0-9a-f-]{36}: stocktaking\. /);
    const listed = (await product.api.get('/executions?status=PENDING')).json.data.map((row) => row.id);
    expect(listed).toContain(id);
    expect((await product.api.post(`${path}/resume`)).json).toMatchObject({ data: [] });
    expect(await product.api.ended(id)).toMatchObject({ status: 'COMPLETED', output: { one: 1 } });
  });

  it('pauses all of the tenant, and is 404 for a workflow that is not there', async () => {
    const { path } = await saved(aWorkflow([says('one', 1)]));
    expect((await product.api.post('/tenant/pause')).json).toMatchObject({
      data: [{ scope: 'tenant', workflow_id: null }],
    });
    const id = (await product.api.post(`${path}/execute`)).json.execution_id;
    await product.api.until(id, ({ wait_reason }) => wait_reason === 'paused');
    await product.api.post('/tenant/resume');
    expect(await product.api.ended(id)).toMatchObject({ status: 'COMPLETED' });
    seesProblem(await product.api.post('/workflows/nowhere/pause'), 404, 'not_found');
  });
});
