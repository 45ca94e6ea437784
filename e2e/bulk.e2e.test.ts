/** One request acts on many executions; lists, counts and labels find them. */
import { expect, it, vi } from 'vitest';
import { aWorkflow, naps, says } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const operation = async (id: string) => (await product.api.get(`/operations/${id}`)).json;
const over = (id: string) =>
  vi.waitFor(
    async () => {
      const json = await operation(id);
      if (json.status === 'RUNNING') throw new Error(JSON.stringify(json));
      return json;
    },
    { timeout: 20_000, interval: 20 },
  );

async function publish(steps: Parameters<typeof aWorkflow>[0]) {
  const definition = aWorkflow(steps);
  expect(await product.api.post('/workflows', definition)).toMatchObject({ status: 201 });
  return definition.workflow_id;
}

it('cancels 500 executions that a filter finds, says how far it is, and leaves the others alone', async () => {
  const workflow = await publish([naps('nap', '1h')]);
  const items = Array.from({ length: 501 }, (_, n) => ({ labels: { region: n === 0 ? 'us' : 'eu' } }));
  const begun = await product.api.post(`/workflows/${workflow}/execute/batch`, { items });
  const [american = ''] = begun.json.execution_ids;
  const filter = { workflow_id: workflow, label: 'region:eu' };
  const stats = `/executions/stats?workflow_id=${workflow}`;
  expect((await product.api.get(`${stats}&label=region:eu&status=PENDING,RUNNING,CANCELLED`)).json).toMatchObject({
    by_status: { CANCELLED: { count: 0, capped: false } },
  });

  const key = { 'idempotency-key': 'bulk-1' };
  const asked = { action: 'cancel', filter, reason: 'sold out' };
  const made = await product.api.post('/executions/bulk', asked, key);
  expect(made).toMatchObject({ status: 202, json: { links: { self: `/api/v1/operations/${made.json.id}` } } });
  expect((await product.api.post('/executions/bulk', asked, key)).json.id).toBe(made.json.id);
  expect(await operation(made.json.id)).toMatchObject({ action: 'cancel', filter, matched: 500 });
  expect(await over(made.json.id)).toMatchObject({
    status: 'COMPLETED',
    matched: 500,
    done: 500,
    failed: 0,
    errors: [],
    created_by: expect.stringMatching(/^api_key:/),
  });
  await vi.waitFor(
    async () => expect((await product.api.get(stats)).json).toMatchObject({ by_status: { CANCELLED: { count: 500 } } }),
    { timeout: 20_000, interval: 50 },
  );
  expect((await product.api.get(`/executions/${american}`)).json.status).toBe('RUNNING');
  expect(await product.api.post(`/operations/${made.json.id}/cancel`)).toMatchObject({ status: 409 });
  await product.api.post(`/executions/${american}/cancel`);
});

it('retries what has failed, each once, under new executions', async () => {
  const workflow = await publish([says('a', '${ 1 / input.by }')]);
  for (const by of [0, 0, 1]) await product.api.post(`/workflows/${workflow}/execute?wait=10s`, { input: { by } });
  const filter = { workflow_id: workflow };
  const { json } = await product.api.post('/executions/bulk', { action: 'retry', filter });
  expect(await over(json.id)).toMatchObject({ matched: 2, done: 2, failed: 0 });
  const failed = await product.api.all(`/executions?workflow_id=${workflow}`);
  const originals = failed.filter(({ retry_of, status }) => retry_of === null && status === 'FAILED');
  for (const { id } of originals)
    expect((await product.api.get(`/executions?retry_of=${id}&count=true`)).json).toMatchObject({ count: 1 });
});

it('refuses an empty filter, one that it does not know, and what the caller may not do', async () => {
  const refused = async (body: object) => (await product.api.post('/executions/bulk', body)).json;
  expect(await refused({ action: 'cancel', filter: {} })).toMatchObject({ status: 400, code: 'invalid_body' });
  expect(await refused({ action: 'cancel' })).toMatchObject({ status: 400, errors: [{ pointer: '/filter' }] });
  expect(await refused({ action: 'cancel', filter: { statuss: 'RUNNING' } })).toMatchObject({
    errors: [{ pointer: '/filter/statuss', suggestion: 'status' }],
  });
  expect(await refused({ action: 'cancel', filter: { status: 'OPEN' } })).toMatchObject({
    errors: [{ pointer: '/filter/status' }],
  });
  expect(await refused({ action: 'cancel', filter: { workflow_id: 'nowhere' } })).toMatchObject({ status: 404 });
});

it('finds executions by label, business key, beginning and parent, and changes their labels', async () => {
  const workflow = await publish([says('a', 1)]);
  const start = async (body: object) =>
    (await product.api.post(`/workflows/${workflow}/execute?wait=10s`, body)).json.id;
  const one = await start({ business_key: 'order-100%', labels: { region: 'eu' } });
  const two = await start({ business_key: 'order-1000', labels: { region: 'eu', tier: 'gold' } });
  const found = async (query: string) =>
    (await product.api.all(`/executions?workflow_id=${workflow}&${query}`)).map(({ id }) => id);
  expect(await found('label=region:eu')).toEqual([two, one]);
  expect(await found('label=tier:gold&status=COMPLETED')).toEqual([two]);
  expect(await found('business_key=order-1000')).toEqual([two]);
  expect(await found('q=order-100%25')).toEqual([one]);
  expect(await found('q=order-')).toEqual([two, one]);
  expect(await found(`q=${one.slice(0, 30).toUpperCase()}`)).toEqual([one]);

  const patch = (labels: object) => product.api.call('PATCH', `/executions/${two}`, { labels });
  expect(await patch({ region: 'us', tier: null })).toMatchObject({ status: 200, json: { labels: { region: 'us' } } });
  expect(await found('label=region:eu')).toEqual([one]);
  expect(await found('label=tier:gold')).toEqual([]);
  expect(await found('label=region:us')).toEqual([two]);
  const many = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`l${n}`, 'x']));
  expect(await patch(many)).toMatchObject({ status: 400, json: { errors: [{ pointer: '/labels' }] } });
});
