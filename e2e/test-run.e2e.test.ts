/** Test runs over HTTP: the workflow in virtual time, answered by mocks, without an execution. */
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { at, aWorkflow, calls, type Definition, needs, once, says, waits } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();

const orders = aWorkflow(
  [
    calls('charge', { config: { url: 'https://pay.example/charges', method: 'POST', body: '${ input }' } }),
    { id: 'rest', type: 'wait', config: { for: '3d' }, ...needs('charge') },
    {
      id: 'total',
      type: 'function',
      config: { code: 'export default ({ n }) => n * 2', input: { n: '${ steps.charge.output.body.amount }' } },
      ...needs('rest'),
    },
    says('mail', 'paid ${ steps.total.output }', needs('total')),
    calls('archive', { config: { url: 'https://files.example/receipts' }, ...needs('mail') }),
  ],
  { input_schema: { type: 'object', required: ['order'] } },
);
const paid = { url: 'https://pay.example/*', reply: [{ status: 503 }, { body: { amount: 21 }, after: '2s' }] };

async function published(definition: Definition): Promise<string> {
  const { status } = await product.api.post('/workflows', definition);
  expect([200, 201]).toContain(status);
  return `/workflows/${definition.workflow_id}/test`;
}

describe('a test run', () => {
  it('runs the workflow in virtual time, with actions, functions and retries as they are, and leaves no trace', async () => {
    const path = await published(orders);
    const { status, json } = await product.api.post(path, {
      input: { order: 7 },
      now: '2026-05-01T09:00:00Z',
      mocks: { http: [paid], steps: { archive: { output: { stored: true } }, mail: { output: 'never asked for' } } },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'COMPLETED',
      output: { archive: { stored: true } },
      path: ['charge', 'rest', 'total', 'mail', 'archive'],
      started_at: '2026-05-01T09:00:00.000Z',
      // A retry after 2 s, an answer that takes 2 s, and three days.
      duration_ms: 4_000 + 3 * 86_400_000,
      unused_mocks: ['/mocks/steps/mail'],
    });
    expect(json['steps']).toMatchObject([
      { step_id: 'charge', source: 'run', status: 'SUCCESS', attempt: 2, input: { body: { order: 7 } } },
      { step_id: 'rest', output: { waited_ms: 3 * 86_400_000 } },
      { step_id: 'total', source: 'run', output: 42, started_at: '2026-05-04T09:00:04.000Z' },
      { step_id: 'mail', output: 'paid 42' },
      { step_id: 'archive', source: 'mock' },
    ]);
    expect(await product.api.all(`/executions?workflow_id=${orders.workflow_id}`)).toEqual([]);
  });

  it('names the steps that ask for what nothing answers, those that it reached and no others', async () => {
    const path = await published(orders);
    const { status, json } = await product.api.post(path, { input: { order: 7 } });
    expect(status).toBe(422);
    expect(json).toMatchObject({
      code: 'mocks_missing',
      errors: [
        { pointer: '/mocks/steps/charge', message: expect.stringContaining('POST https://pay.example/charges') },
      ],
    });
  });

  it('runs up to a step, on pinned outputs in place of what leads to them', async () => {
    const path = await published(orders);
    const { json } = await product.api.post(path, {
      until: 'mail',
      input: { order: 7 },
      pinned: { rest: null, charge: { body: { amount: 4 } } },
    });
    expect(json).toMatchObject({ status: 'COMPLETED', path: ['charge', 'rest', 'total', 'mail'], duration_ms: 0 });
    expect(json['steps']).toMatchObject([
      { step_id: 'charge', source: 'pinned' },
      { step_id: 'rest', source: 'pinned' },
      { step_id: 'total', source: 'run', output: 8 },
      { step_id: 'mail', output: 'paid 8' },
    ]);
    const unknown = await product.api.post(path, { until: 'mail', input: { order: 7 }, pinned: { rest: null } });
    expect(unknown).toMatchObject({
      status: 422,
      json: { code: 'mocks_missing', errors: [{ pointer: '/pinned/charge' }] },
    });
  });

  it('runs one step alone, and says which outcome it reads that is not known', async () => {
    const path = await published(orders);
    const alone = await product.api.post(path, { step: 'total', pinned: { charge: { body: { amount: 5 } } } });
    expect(alone.json).toMatchObject({
      status: 'COMPLETED',
      steps: [{ step_id: 'total', input: { n: 5 }, output: 10, status: 'SUCCESS' }],
    });
    const { status, json } = await product.api.post(path, { step: 'total' });
    expect([status, json]).toMatchObject([422, { code: 'mocks_missing', errors: [{ pointer: '/pinned/charge' }] }]);
  });

  it('refuses names of steps that the workflow does not have, with the one that was probably meant', async () => {
    const path = await published(orders);
    const { status, json } = await product.api.post(path, {
      until: 'mial',
      input: { order: 1 },
      pinned: { chrage: 1 },
      mocks: { steps: { 'rest.x': { output: 1 }, totl: { output: 1 } } },
    });
    expect([status, json.code]).toEqual([422, 'unknown_step']);
    expect(json.errors).toMatchObject([
      { pointer: '/until', suggestion: 'mail' },
      { pointer: '/pinned/chrage', suggestion: 'charge' },
      { pointer: '/mocks/steps/rest.x' },
      { pointer: '/mocks/steps/totl', suggestion: 'total' },
    ]);
  });

  it('checks the input as a start does', async () => {
    const path = await published(orders);
    const { status, json } = await product.api.post(path, { input: {} });
    expect([status, json]).toMatchObject([422, { code: 'input_invalid', errors: [{ pointer: '/input/order' }] }]);
  });

  it('runs the definition of the request, published or not, and says what is wrong with it', async () => {
    const draft = aWorkflow([waits('go', 'go'), says('then', '${ steps.go.output }', needs('go'))]);
    const path = `/workflows/${draft.workflow_id}/test`;
    const waiting = await product.api.post(path, { definition: draft });
    expect(waiting.json).toMatchObject({ status: 'RUNNING', wait_reason: 'signal' });
    const gone = await product.api.post(path, { definition: draft, signals: [{ name: 'go', at: '5m', payload: 1 }] });
    expect(gone.json).toMatchObject({ status: 'COMPLETED', output: { then: 1 }, duration_ms: 300_000 });

    const wrong = { ...draft, steps: [says('a', '${ stps.b }')] };
    expect(await product.api.post(path, { definition: wrong })).toMatchObject({
      status: 422,
      json: { code: 'invalid_definition', errors: [{ pointer: '/definition/steps/0/config/output' }] },
    });
    expect((await product.api.post(path, {})).status).toBe(404);
  });

  it('runs the draft, whatever is published, and says what is wrong with it', async () => {
    const definition = aWorkflow([says('a', 'published')]);
    const path = await published(definition);
    expect((await product.api.post(path, {})).json).toMatchObject({ output: { a: 'published' } });
    const save = (draft: object) =>
      product.api.call('PUT', `/workflows/${definition.workflow_id}/draft`, draft, { 'if-match': '*' });
    expect((await save({ ...definition, steps: [says('a', 'edited')] })).status).toBe(200);
    expect((await product.api.post(path, {})).json).toMatchObject({ output: { a: 'edited' } });
    await save({ ...definition, steps: [says('a', '${ stps.b }')] });
    const { status, json } = await product.api.post(path, {});
    expect([status, json]).toMatchObject([
      422,
      { code: 'invalid_definition', errors: [{ pointer: '/steps/0/config/output' }] },
    ]);
  });

  it('runs the workflows that it calls, in the same virtual time', async () => {
    const child = aWorkflow([calls('ask', { config: { url: 'https://ask.example/' }, ...once })], {
      output: '${ steps.ask.output.body }',
    });
    await published(child);
    const parent = aWorkflow([{ id: 'call', type: 'sub_workflow', config: { workflow_id: child.workflow_id } }]);
    const path = await published(parent);
    const real = await product.api.post(path, {
      mocks: { http: [{ url: 'https://ask.example/', reply: { body: 'yes' } }] },
    });
    expect(real.json).toMatchObject({
      output: { call: 'yes' },
      called: [{ called_by: 'call', workflow_id: child.workflow_id, steps: [{ path: 'ask', status: 'SUCCESS' }] }],
    });
    const inside = await product.api.post(path, { mocks: { steps: { 'call/ask': { error: { code: 'no' } } } } });
    expect(inside.json).toMatchObject({ status: 'FAILED', error: { code: 'child_failed' } });
    const mocked = await product.api.post(path, { mocks: { steps: { call: { output: 'mocked' } } } });
    expect(mocked.json).toMatchObject({ output: { call: 'mocked' }, called: [] });
  });

  it('really does what no mock answers when it is told to, by who may start executions', async () => {
    const world = product.outside.world({ 'POST /pay': [{ body: { ok: true } }] });
    const definition = at(world.url, aWorkflow([calls('pay', once)]));
    const path = await published(definition);
    expect((await product.api.post(path, {})).json.code).toBe('mocks_missing');
    expect(world.calls).toHaveLength(0);
    const { json } = await product.api.post(path, { effects: true });
    expect(json).toMatchObject({ status: 'COMPLETED', steps: [{ output: { body: { ok: true } } }] });
    expect(world.calls).toHaveLength(1);

    const writer = await keyWith(['workflow:write']);
    const headers = { 'x-api-key': writer, 'content-type': 'application/json' };
    const ask = (body: object) =>
      fetch(`${product.server.url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect((await ask({ effects: true })).status).toBe(403);
    expect((await ask({})).status).toBe(422);
    expect(world.calls).toHaveLength(1);
  });

  it('ends when it would go on for ever, and others are served meanwhile', async () => {
    const endless = aWorkflow([
      { id: 'again', type: 'loop', config: { while: 'true', max_iterations: 100_000, steps: [says('say', 1)] } },
    ]);
    const path = await published(endless);
    const [long, other] = await Promise.all([product.api.post(path, {}), product.api.get('/workflows?limit=1')]);
    expect(long).toMatchObject({ status: 422, json: { code: 'test_run_too_long' } });
    expect(other.status).toBe(200);
  });

  it('masks what is sensitive, and the secrets that its tries open', async () => {
    await product.api.post('/credentials', {
      name: 'TEST_KEY',
      type: 'generic',
      values: { value: 'canary-of-the-test' },
    });
    const definition = aWorkflow([
      calls('ask', { config: { url: 'https://ask.example/', headers: { 'x-key': '${ secrets.TEST_KEY }' } } }),
      says('hide', 'nobody sees this', { sensitive: true }),
    ]);
    const path = await published(definition);
    const reply = { body: { echoed: 'canary-of-the-test' } };
    const { status, json } = await product.api.post(path, {
      mocks: { http: [{ url: 'https://ask.example/', reply }] },
    });
    expect(status).toBe(200);
    expect(JSON.stringify(json)).not.toContain('canary-of-the-test');
    expect(JSON.stringify(json)).not.toContain('nobody sees this');
  });

  it('tells nobody a secret by the request that nothing answers, nor by which mock fits', async () => {
    await product.api.post('/credentials', { name: 'IN_PATH', type: 'generic', values: { value: 'Canary-in-a-path' } });
    const path = await published(
      aWorkflow([calls('ask', { config: { url: 'https://ask.example/${ secrets.IN_PATH }/x' } })]),
    );
    const guess = { url: 'https://ask.example/Canary-in-*', reply: { body: 1 } };
    const missed = await product.api.post(path, { mocks: { http: [guess] } });
    expect(missed).toMatchObject({
      status: 422,
      json: { code: 'mocks_missing', detail: 'Nothing answers ask (GET https://ask.example/***/x).' },
    });
    expect(JSON.stringify(missed.json)).not.toContain('Canary-in-a-path');
    const named = { url: 'https://ask.example/*/x', reply: { body: 1 } };
    expect(await product.api.post(path, { mocks: { http: [named] } })).toMatchObject({ status: 200 });
  });

  it('names the host of an address that is a secret, and no more of it', async () => {
    const url = 'https://hooks.slack.com/services/canary-of-a-hook';
    await product.api.post('/credentials', { name: 'hook', type: 'incoming_webhook', values: { url } });
    const say = { id: 'say', type: 'slack.post-message', config: { credential: 'hook', text: 'Hello' } };
    const path = await published(aWorkflow([say]));
    const missed = await product.api.post(path, {});
    expect(missed).toMatchObject({ status: 422, json: { code: 'mocks_missing' } });
    expect(JSON.stringify(missed.json)).toContain('https://hooks.slack.com/***');
    expect(JSON.stringify(missed.json)).not.toContain('canary-of-a-hook');
  });
});

/** A key of the same tenant with these permissions only. */
async function keyWith(permissions: readonly string[]): Promise<string> {
  const key = `cfk_live_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: product.server.databaseUrl() });
  await client.connect();
  try {
    await client.query(
      `insert into api_keys (id, tenant_id, name, prefix, key_hash, permissions)
       select gen_random_uuid(), tenant_id, 'few', $1, $2, $3 from api_keys limit 1`,
      [key.slice(0, 13), createHash('sha256').update(key).digest(), permissions],
    );
  } finally {
    await client.end();
  }
  return key;
}
