/** The log of an execution: what was told, by whom, filtered and in pages; bounded, and never another tenant's. */
import { expect, it } from 'vitest';
import { createApi } from './api-client.ts';
import { aWorkflow } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();
type Taken = { readonly id: string; readonly lease_token: string };

/** An execution whose one step a worker of the test has. */
async function claimed(more: object = {}) {
  const { api } = product;
  const schema = { version: 1, title: 'Talks', config_schema: {} };
  expect((await api.call('PUT', '/registry/actions/test.talks', schema)).status).toBe(200);
  const step = { id: 'talk', type: 'test.talks', config: { word: 'hushed' }, retry: { max_attempts: 1 }, ...more };
  const workflow = (await api.post('/workflows', aWorkflow([step]))).json;
  const { execution_id: id } = (await api.post(`/workflows/${workflow.id}/execute`)).json;
  const { json } = await api.post('/tasks/claim', { worker: 'w', types: ['test.talks'], wait: '10s' });
  const [task] = json['tasks'] as readonly Taken[];
  const logs = async (query = '') => (await api.get(`/executions/${id}/logs${query}`)).json;
  return { api, id, held: { id: task!.id, lease_token: task!.lease_token }, logs };
}
const line = (level: string, message: string, fields: object = {}) => ({ level, message, fields });
const messages = (page: { readonly data: readonly object[] }) =>
  page.data.map((each) => (each as { message: string }).message);

it('lists what a worker told and why its try failed, the oldest first, by level, step and page', async () => {
  const { api, id, held, logs } = await claimed();
  const told = [line('info', 'one', { n: 1 }), line('debug', 'two')];
  expect((await api.post('/tasks/heartbeat', { tasks: [{ ...held, logs: told }] })).status).toBe(200);
  const error = { code: 'no_luck', message: 'nothing came of it' };
  await api.post('/tasks/fail', { ...held, error, logs: [line('warn', 'three')] });
  await api.ended(id);
  await expect
    .poll(async () => messages(await logs()))
    .toEqual(['one', 'two', 'three', 'The try failed with no_luck: nothing came of it']);
  const all = await logs();
  expect(all.data[0]).toMatchObject({ level: 'info', source: 'worker', step: 'talk', attempt: 1, fields: { n: 1 } });
  expect(messages(await logs('?level=warn'))).toHaveLength(2);
  expect(messages(await logs('?step=other'))).toEqual([]);
  const first = await logs('?limit=3');
  expect(messages(first)).toEqual(['one', 'two', 'three']);
  expect(messages(await logs(`?limit=3&cursor=${first.next_cursor}`))).toHaveLength(1);
  const theirs = createApi({ url: product.server.url, key: await product.server.addTenant() });
  expect((await theirs.get(`/executions/${id}/logs`)).status).toBe(404);
});

it('tells why the try of a built-in action failed', async () => {
  const { api } = product;
  const step = { id: 'call', type: 'http_request', config: { url: 'http://127.0.0.1:1/' }, retry: { max_attempts: 1 } };
  const workflow = (await api.post('/workflows', aWorkflow([step]))).json;
  const { execution_id } = (await api.post(`/workflows/${workflow.id}/execute`)).json;
  await api.ended(execution_id);
  const lines = async () => (await api.get(`/executions/${execution_id}/logs`)).json.data;
  await expect.poll(lines).toMatchObject([{ source: 'engine', level: 'warn', step: 'call', attempt: 1 }]);
});

it('keeps the first 1,000 lines of an execution, and says how many came after them', async () => {
  const { api, held, logs } = await claimed();
  const many = Array.from({ length: 100 }, (_, n) => line('info', `line ${n} \u0000`));
  for (let round = 0; round < 11; round += 1) await api.post('/tasks/heartbeat', { tasks: [{ ...held, logs: many }] });
  await api.post('/tasks/complete', { ...held, logs: [line('error', 'the last')] });
  const last = async () => {
    let page = await logs('?limit=200');
    while (page.next_cursor !== null) page = await logs(`?limit=200&cursor=${page.next_cursor}`);
    return page.data.at(-1);
  };
  await expect.poll(last, { timeout: 10_000 }).toMatchObject({ at: null, source: 'engine', fields: { dropped: 101 } });
});

it('holds nothing of a sensitive step', async () => {
  const { api, id, held, logs } = await claimed({ sensitive: true });
  await api.post('/tasks/heartbeat', { tasks: [{ ...held, logs: [line('info', 'hushed')] }] });
  await api.post('/tasks/fail', { ...held, error: { code: 'no', message: 'hushed' }, logs: [line('warn', 'hushed')] });
  await api.ended(id);
  const other = await claimed();
  await api.post('/tasks/complete', { ...other.held, logs: [line('info', 'open')] });
  await expect.poll(async () => messages(await other.logs())).toEqual(['open']); // written after the others
  expect(messages(await logs())).toEqual([]);
});
