/** Steps of the tenant's own types over HTTP: declared, checked when a workflow is saved, taken and answered by a worker. */
import { expect, it } from 'vitest';
import { createApi } from './api-client.ts';
import { aWorkflow } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const declaration = {
  version: 1,
  title: 'Charge a card',
  config_schema: {
    type: 'object',
    required: ['amount'],
    additionalProperties: false,
    properties: { amount: { type: 'integer', minimum: 1 } },
  },
};
let made = 0;

async function declared() {
  made += 1;
  const type = `acme.charge-${made}`;
  const answer = await product.api.call('PUT', `/registry/actions/${type}`, declaration);
  expect([answer.status, answer.json]).toMatchObject([200, { type, runs_on: 'worker', default_timeout_ms: 60_000 }]);
  return type;
}

const charge = (type: string, config: object = { amount: 7 }) => ({ id: 'charge', type, config });
type Taken = { readonly id: string; readonly lease_token: string; readonly [field: string]: unknown };
async function claim(type: string, more: object = {}): Promise<readonly Taken[]> {
  const answer = await product.api.post('/tasks/claim', { worker: 'w1', types: [type], wait: '10s', ...more });
  expect(answer.status).toBe(200);
  return answer.json['tasks'] as readonly Taken[];
}
const held = ({ id, lease_token }: Taken) => ({ id, lease_token });

it('is declared, found, checked when a workflow is saved, and run by a worker that waits', async () => {
  const { api } = product;
  const type = await declared();
  const list = (await api.get('/registry/actions')).json.data as readonly object[];
  expect(list).toContainEqual(expect.objectContaining({ type, runs_on: 'worker' }));
  expect(list).toContainEqual(expect.objectContaining({ type: 'http_request', runs_on: 'server' }));
  const wrong = await api.post('/workflows', aWorkflow([charge(type, { amount: 0 })]));
  expect(wrong.json.errors).toMatchObject([{ pointer: '/steps/0/config/amount', code: 'too_small' }]);
  const mistyped = await api.post('/workflows', aWorkflow([charge(`${type}x`)]));
  expect(mistyped.json.errors).toMatchObject([{ code: 'unknown_type', suggestion: type }]);
  const secret = await api.post('/workflows', aWorkflow([charge(type, { amount: '${ secrets.KEY }' })]));
  expect(secret.json.errors).toMatchObject([{ pointer: '/steps/0/config/amount', code: 'secret_for_worker' }]);

  const workflow = (await api.post('/workflows', aWorkflow([charge(type, { amount: '${ input.amount }' })]))).json;
  const waiting = claim(type);
  const { execution_id } = (await api.post(`/workflows/${workflow.id}/execute`, { input: { amount: 12 } })).json;
  const [task] = await waiting;
  expect(task).toMatchObject({ type, config: { amount: 12 }, execution_id, step: 'charge', attempt: 1 });
  const beat = await api.post('/tasks/heartbeat', { tasks: [held(task!)] });
  expect(beat.json['tasks']).toMatchObject([{ id: task?.id, state: 'running' }]);
  const executing = async () => (await api.get(`/executions/${execution_id}/explain`)).json['executing'];
  await expect.poll(executing).toMatchObject([{ path: 'charge', text: expect.stringContaining('worker `w1`') }]);
  const answer = { ...held(task!), output: { paid: true } };
  expect((await api.post('/tasks/complete', answer)).status).toBe(204);
  const ended = await api.ended(execution_id);
  expect(ended).toMatchObject({ status: 'COMPLETED', output: { charge: { paid: true } } });
});

it('waits by name while no worker asks, and says who last did', async () => {
  const { api } = product;
  const type = await declared();
  const workflow = (await api.post('/workflows', aWorkflow([charge(type)]))).json;
  const { execution_id } = (await api.post(`/workflows/${workflow.id}/execute`)).json;
  await expect.poll(async () => (await api.get(`/executions/${execution_id}`)).json['wait_reason']).toBe('worker');
  const explained = await api.get(`/executions/${execution_id}/explain`);
  expect(explained.json['waits']).toMatchObject([{ reason: 'worker', details: { type, last_asked_at: null } }]);
  await api.post(`/executions/${execution_id}/cancel`);
  expect(await api.ended(execution_id)).toMatchObject({ status: 'CANCELLED' });
  expect(await claim(type, { wait: '0ms' })).toEqual([]);
});

it('fails with the code that the worker gives, and answers late words with 409', async () => {
  const { api } = product;
  const type = await declared();
  const workflow = (await api.post('/workflows', aWorkflow([charge(type)]))).json;
  const { execution_id } = (await api.post(`/workflows/${workflow.id}/execute`)).json;
  const [task] = await claim(type);
  const error = { code: 'card_declined', message: 'The card was declined.', details: { reason: 'funds' } };
  expect((await api.post('/tasks/fail', { ...held(task!), error })).status).toBe(204);
  const ended = await api.ended(execution_id);
  expect(ended).toMatchObject({ status: 'FAILED', error: { code: 'card_declined', details: { reason: 'funds' } } });
  const late = await api.post('/tasks/complete', { ...held(task!), output: 1 });
  expect([late.status, late.json.code]).toEqual([409, 'task_lost']);
});

it('keeps a declared version as it is, and the names of the server', async () => {
  const { api } = product;
  const type = await declared();
  const put = (name: string, more: object) => api.call('PUT', `/registry/actions/${name}`, { ...declaration, ...more });
  expect((await put(type, { title: 'Another title' })).status).toBe(200);
  const changed = await put(type, { config_schema: { type: 'object' } });
  expect([changed.status, changed.json.code]).toEqual([409, 'version_exists']);
  expect((await put(type, { version: 2, config_schema: { type: 'object' } })).status).toBe(200);
  expect((await put(type, {})).status).toBe(200);
  expect((await api.get(`/registry/actions/${type}`)).json).toMatchObject({ version: 2 });
  for (const name of ['http_request', 'transform']) expect((await put(name, {})).status).toBe(409);
  const bad = await put('acme.bad', { config_schema: { type: 'objekt' } });
  expect([bad.status, bad.json.errors[0]?.pointer]).toEqual([400, '/config_schema/type']);
});

it("is another tenant's neither to see nor to take [Z6 S038]", async () => {
  const { api, server } = product;
  const theirs = createApi({ url: server.url, key: await server.addTenant() });
  const type = await declared();
  const workflow = (await api.post('/workflows', aWorkflow([charge(type)]))).json;
  const { execution_id } = (await api.post(`/workflows/${workflow.id}/execute`)).json;
  expect((await theirs.get(`/registry/actions/${type}`)).status).toBe(404);
  expect((await theirs.post('/workflows', aWorkflow([charge(type)]))).json.errors).toMatchObject([
    { code: 'unknown_type' },
  ]);
  const wanted = { worker: 'thief', types: [type], wait: '0ms' };
  expect((await theirs.post('/tasks/claim', wanted)).json['tasks']).toEqual([]);
  const [task] = await claim(type);
  expect((await theirs.post('/tasks/complete', held(task!))).status).toBe(409);
  expect((await theirs.post('/tasks/heartbeat', { tasks: [held(task!)] })).json['tasks']).toMatchObject([
    { state: 'gone' },
  ]);
  expect((await theirs.post('/tasks/release', { tasks: [held(task!)] })).status).toBe(204);
  expect((await api.post('/tasks/complete', held(task!))).status).toBe(204);
  expect(await api.ended(execution_id)).toMatchObject({ status: 'COMPLETED' });
});

it('is not asked for in words that a database or a terminal cannot take', async () => {
  const type = await declared();
  const ask = (more: object) => product.api.post('/tasks/claim', { worker: 'w1', types: [type], wait: '0ms', ...more });
  for (const bad of [{ worker: 'w\u0000' }, { worker: '\u001b[31mw' }, { types: ['a\u0000'] }])
    expect(await ask(bad)).toMatchObject({ status: 400, json: { code: 'invalid_body' } });
  const workflow = (await product.api.post('/workflows', aWorkflow([charge(type)]))).json;
  const { execution_id } = (await product.api.post(`/workflows/${workflow.id}/execute`)).json;
  expect((await product.api.get(`/executions/${execution_id}/logs?step=%00`)).status).toBe(400);
});
