/** Workflows over HTTP: versions that never change, lists that hold still, and who may see what. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../packages/server/testing/server.ts';
import { type Api, createApi } from './api-client.ts';
import { aWorkflow, says } from './definitions.ts';

let server: RunningServer;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = createApi({ url: server.url, key: server.apiKey });
});
afterAll(() => server?.stop());

it('saves a version once: the same body again is 200, another body is refused [D1 G14]', async () => {
  const definition = aWorkflow([says('a', 1)]);
  const first = await api.post('/workflows', definition);
  expect(first.status).toBe(201);

  const { steps, ...rest } = definition;
  const again = await api.post('/workflows', { steps, ...rest }); // another order of keys is the same document
  expect(again).toMatchObject({ status: 200, json: { id: first.json.id, etag: first.json.etag } });

  const other = await api.post('/workflows', { ...definition, steps: [says('a', 2)] });
  expect(other).toMatchObject({ status: 409, json: { code: 'version_exists' } });
});

it('answers a repeat with its Idempotency-Key as the first, and refuses another body under it', async () => {
  const definition = aWorkflow([says('a', 1)]);
  const post = (body: object) => api.call('POST', '/workflows', body, { 'idempotency-key': 'publish-1' });
  const first = await post(definition);
  const again = await post(definition);
  expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
  expect(again.json).toEqual(first.json);
  expect(await post({ ...definition, version: '2.0.0' })).toMatchObject({
    status: 422,
    json: { code: 'idempotency_key_reused' },
  });
});

it('makes one workflow of many first posts at the same time, and refuses all bodies but one [F75]', async () => {
  const { workflow_id } = aWorkflow([]);
  const posts = Array.from({ length: 12 }, (_, n) => ({ workflow_id, version: '1.0.0', steps: [says('a', n % 3)] }));
  const answers = await Promise.all(posts.map((body) => api.post('/workflows', body)));

  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(8);
  const versions = await api.all(`/workflows/${workflow_id}/versions`);
  expect(versions).toHaveLength(1);
});

it('runs the version that was published last, unless one is named [D1]', async () => {
  const one = aWorkflow([], { output: 'one' });
  await api.post('/workflows', one);
  await api.post('/workflows', { ...one, version: '2.0.0', output: 'two' });

  const latest = await api.post(`/workflows/${one.workflow_id}/execute?wait=5s`);
  const named = await api.post(`/workflows/${one.workflow_id}/execute?wait=5s`, { version: '1.0.0' });
  expect([latest.json.output, named.json.output]).toEqual(['two', 'one']);

  const missing = await api.post(`/workflows/${one.workflow_id}/execute`, { version: '9.0.0' });
  expect(missing.status).toBe(404);
});

it('updates only what the client has seen: a stale If-Match is 412', async () => {
  const definition = aWorkflow([says('a', 1)]);
  const { json } = await api.post('/workflows', definition);
  const path = `/workflows/${definition.workflow_id}`;

  const next = await api.call('PUT', path, { ...definition, version: '1.1.0' }, { 'if-match': json.etag });
  expect(next.status).toBe(200);
  const stale = await api.call('PUT', path, { ...definition, version: '1.2.0' }, { 'if-match': json.etag });
  expect(stale).toMatchObject({ status: 412, json: { code: 'precondition_failed' } });

  const other = await api.call('PUT', path, { ...definition, workflow_id: 'another', version: '1.3.0' });
  expect(other).toMatchObject({ status: 422, json: { errors: [{ pointer: '/workflow_id' }] } });
});

it('a disabled workflow refuses starts until it is enabled; a deleted one is not found', async () => {
  const definition = aWorkflow([]);
  await api.post('/workflows', definition);
  const path = `/workflows/${definition.workflow_id}`;

  await api.post(`${path}/disable`);
  expect(await api.post(`${path}/execute`)).toMatchObject({ status: 409, json: { code: 'workflow_disabled' } });
  await api.post(`${path}/enable`);
  expect((await api.post(`${path}/execute`)).status).toBe(202);

  expect((await api.call('DELETE', path)).status).toBe(204);
  expect((await api.get(path)).status).toBe(404);
  expect((await api.post(`${path}/execute`)).status).toBe(404);
});

it('finds the executions of a deleted workflow by its name, and answers a repeated start for its execution', async () => {
  const definition = aWorkflow([]);
  const name = definition.workflow_id;
  await api.post('/workflows', definition);
  const start = () => api.call('POST', `/workflows/${name}/execute`, {}, { 'idempotency-key': `start-${name}` });
  const { json } = await start();
  await api.call('DELETE', `/workflows/${name}`);

  for (const path of [`/executions?workflow_id=${name}`, `/workflows/${name}/history`])
    expect((await api.get(path)).json).toMatchObject({ data: [{ id: json.execution_id, workflow_id: name }] });
  expect(await start()).toMatchObject({ status: 202, json: { execution_id: json.execution_id } });
  expect((await api.get('/workflows/nobody-bore-this/history')).status).toBe(404);
});

it('pages stay stable while workflows are added, newest first', async () => {
  const prefix = `paged-${process.pid}`;
  const names = Array.from({ length: 7 }, (_, n) => `${prefix}-${n}`);
  for (const workflow_id of names) await api.post('/workflows', { workflow_id, version: '1.0.0', steps: [] });

  const page = await api.get(`/workflows?q=${prefix}&limit=3`);
  await api.post('/workflows', { workflow_id: `${prefix}-late`, version: '1.0.0', steps: [] });
  const rest = await api.get(`/workflows?q=${prefix}&limit=50&cursor=${encodeURIComponent(page.json.next_cursor!)}`);

  const seen = [...page.json.data, ...rest.json.data].map((row) => row.workflow_id);
  expect(seen).toEqual(names.toReversed());
});

it('finds workflows by their status, and counts them', async () => {
  const prefix = `counted-${process.pid}`;
  for (const n of [1, 2, 3])
    await api.post('/workflows', { workflow_id: `${prefix}-${n}`, version: '1.0.0', steps: [] });
  await api.post(`/workflows/${prefix}-2/disable`);
  await api.call('PUT', `/workflows/${prefix}-4/draft`, {});
  const found = async (status: string) => {
    const { json } = await api.get(`/workflows?q=${prefix}&status=${status}&count=true&limit=1`);
    return [json['count'], json.data[0]?.['workflow_id']];
  };
  expect(await found('published')).toEqual([2, `${prefix}-3`]);
  expect(await found('disabled')).toEqual([1, `${prefix}-2`]);
  expect(await found('draft')).toEqual([1, `${prefix}-4`]);
  expect((await api.get(`/workflows?q=${prefix}&count=true`)).json).toMatchObject({ count: 4, capped: false });
});

it('sends no definition to who has it already', async () => {
  const definition = aWorkflow([says('a', 1)]);
  const { json } = await api.post('/workflows', definition);
  const known = { 'if-none-match': `"other", ${json.etag}` };
  for (const path of [`/workflows/${json.id}`, `/workflows/${json.id}/versions/1.0.0`]) {
    const answer = await api.get(path, known);
    expect([answer.status, answer.headers.get('etag')]).toEqual([304, json.etag]);
    expect((await api.get(path, { 'if-none-match': '"other"' })).status).toBe(200);
  }
  await api.post('/workflows', { ...definition, version: '2.0.0' });
  expect((await api.get(`/workflows/${json.id}`, known)).status).toBe(200);
});

it.each([
  ['/workflows?limit=0', 'limit'],
  ['/workflows?status=deleted', 'status'],
  ['/workflows?limit=201', 'limit'],
  ['/workflows?colour=red', 'colour'],
  ['/workflows?cursor=not-a-cursor', 'cursor'],
])('refuses GET %s with a problem that names %s', async (path, mentioned) => {
  const answer = await api.get(path);
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(JSON.stringify(answer.json)).toContain(mentioned);
});

it.each([
  ['a list', []],
  ['a text', '"hello"'],
  ['no JSON', '{"workflow_id":'],
])('refuses %s as a definition with 400 problem+json [E1]', async (_, body) => {
  const answer = await api.post('/workflows', body);
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.json).toMatchObject({ status: 400, code: expect.any(String), correlation_id: expect.any(String) });
});

it('validates without saving: 200 with the errors', async () => {
  const { workflow_id } = aWorkflow([]);
  const good = await api.post('/workflows/validate', { workflow_id, version: '1.0.0', steps: [] });
  expect(good).toMatchObject({ status: 200, json: { valid: true, errors: [] } });
  const bad = await api.post('/workflows/validate', { workflow_id, version: 'one', steps: [] });
  expect(bad).toMatchObject({ status: 200, json: { valid: false, errors: [{ pointer: '/version' }] } });
  expect((await api.get(`/workflows/${workflow_id}`)).status).toBe(404);
});
