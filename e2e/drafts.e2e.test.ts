/** Drafts over HTTP: what is wrong is kept, who is late is refused, and what is published is what was meant. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../packages/server/testing/server.ts';
import { type Api, createApi } from './api-client.ts';
import { aWorkflow, says } from './definitions.ts';

let server: RunningServer;
let api: Api;
let theirs: Api;

beforeAll(async () => {
  server = await startServer();
  api = createApi({ url: server.url, key: server.apiKey });
  theirs = createApi({ url: server.url, key: await server.addTenant() });
});
afterAll(() => server?.stop());

it('a workflow can begin as a draft that is wrong; it is listed, and cannot be started before it is published', async () => {
  const { workflow_id: name } = aWorkflow([]);
  const path = `/workflows/${name}`;
  const wrong = { workflow_id: name, version: '1.0.0', steps: [{ id: 'a', type: 'tranform', config: { output: 1 } }] };
  const saved = await api.call('PUT', `${path}/draft`, wrong, { 'if-none-match': '*' });
  expect(saved).toMatchObject({
    status: 201,
    json: {
      ...{ workflow_id: name, revision: 1, valid: false, current_version: null },
      errors: [{ pointer: '/steps/0/type', suggestion: 'transform' }],
    },
  });
  expect(saved.headers.get('location')).toBe(`/api/v1${path}/draft`);
  expect((await api.get(`${path}/draft`)).json).toMatchObject({ definition: wrong, valid: false });
  expect((await api.get(path)).json).toMatchObject({
    ...{ status: 'draft', version: null, definition: null, unpublished_changes: true, latest_execution: null },
  });
  expect((await api.get(`/workflows?q=${name}`)).json.data).toMatchObject([{ workflow_id: name, status: 'draft' }]);
  expect(await api.post(`${path}/execute`)).toMatchObject({ status: 409, json: { code: 'workflow_not_published' } });
  expect(await api.post(`${path}/publish`)).toMatchObject({
    status: 422,
    json: { code: 'invalid_definition', errors: [{ pointer: '/steps/0/type' }] },
  });

  const right = { ...wrong, steps: [says('a', 1)] };
  const etag = saved.headers.get('etag') ?? '';
  const second = await api.call('PUT', `${path}/draft`, right, { 'if-match': etag });
  expect(second).toMatchObject({ status: 200, json: { revision: 2, valid: true, errors: [] } });
  const late = await api.call('PUT', `${path}/draft`, wrong, { 'if-match': etag });
  expect(late).toMatchObject({ status: 412, json: { code: 'precondition_failed' } });
  expect(late.headers.get('etag')).toBe(second.headers.get('etag'));

  const stale = await api.post(`${path}/publish`, {}, { 'if-match': etag });
  expect(stale.status).toBe(412);
  const published = await api.post(`${path}/publish`, {}, { 'if-match': second.json.etag });
  expect(published).toMatchObject({
    status: 200,
    json: { version: '1.0.0', status: 'published', draft: { revision: 2 } },
  });
  expect((await api.post(`${path}/execute?wait=5s`)).json).toMatchObject({ status: 'COMPLETED', output: { a: 1 } });
});

it('of two editors at once exactly one is kept', async () => {
  const definition = aWorkflow([says('a', 0)]);
  const path = `/workflows/${definition.workflow_id}/draft`;
  await api.post('/workflows', definition);
  const opened = await api.get(path);
  expect(opened.json).toMatchObject({ revision: 0, published_as: '1.0.0', saved_by: null });
  const headers = { 'if-match': opened.headers.get('etag') ?? '' };
  const answers = await Promise.all(
    [1, 2].map((n) => api.call('PUT', path, { ...definition, steps: [says('a', n)] }, headers)),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  const kept = answers.findIndex(({ status }) => status === 200) + 1;
  expect((await api.get(path)).json.definition).toMatchObject({ steps: [says('a', kept)] });
});

it('what was saved before is listed, read, and restored by saving it', async () => {
  const definition = aWorkflow([says('a', 1)]);
  const path = `/workflows/${definition.workflow_id}/draft`;
  for (const n of [1, 2, 3]) await api.call('PUT', path, { ...definition, steps: [says('a', n)] });
  const page = await api.get(`${path}/history?limit=2`);
  const rest = await api.get(`${path}/history?cursor=${encodeURIComponent(page.json.next_cursor ?? '')}`);
  expect([...page.json.data, ...rest.json.data].map(({ revision }) => revision)).toEqual([3, 2, 1]);
  const first = await api.get(`${path}/history/1`);
  expect(first.json).toMatchObject({ revision: 1, definition });
  await api.call('PUT', path, first.json.definition);
  expect((await api.get(path)).json).toMatchObject({ revision: 4, definition });
  for (const absent of ['9', '0', 'x']) expect((await api.get(`${path}/history/${absent}`)).status).toBe(404);
});

it('publishes under another version, which a repeat with its key is told again', async () => {
  const definition = aWorkflow([says('a', 1)]);
  const path = `/workflows/${definition.workflow_id}`;
  await api.call('PUT', `${path}/draft`, definition);
  const publish = () => api.post(`${path}/publish`, { version: '2.5.0' }, { 'idempotency-key': `publish-${path}` });
  const published = await publish();
  expect(published).toMatchObject({ status: 200, json: { version: '2.5.0', draft: { revision: 2 } } });
  expect(published.headers.get('location')).toBe(`/api/v1${path}/versions/2.5.0`);
  await api.call('PUT', `${path}/draft`, { ...definition, version: '3.0.0' });
  const again = await publish();
  expect(again.json).toEqual(published.json);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect((await api.get(path)).json).toMatchObject({ version: '2.5.0', unpublished_changes: true });
  expect(await api.post(`${path}/publish`, { vresion: '4.0.0' })).toMatchObject({
    status: 400,
    json: { code: 'invalid_body', errors: [{ suggestion: 'version' }] },
  });
});

it('rolls back to an earlier version: new executions run it, and it is written down who did it and why', async () => {
  const definition = aWorkflow([], { output: 'one' });
  const path = `/workflows/${definition.workflow_id}`;
  await api.post('/workflows', definition);
  const { etag } = (await api.post('/workflows', { ...definition, version: '2.0.0', output: 'two' })).json;
  const back = { version: '1.0.0', reason: 'two is wrong' };
  expect((await api.post(`${path}/rollback`, back, { 'if-match': '"other"' })).status).toBe(412);
  const answer = await api.post(`${path}/rollback`, back, { 'if-match': etag as string });
  expect(answer).toMatchObject({ status: 200, json: { version: '1.0.0', status: 'published' } });
  expect((await api.post(`${path}/execute?wait=5s`)).json).toMatchObject({ version: '1.0.0', output: 'one' });
  expect(await api.post(`${path}/rollback`, { version: '9.0.0' })).toMatchObject({ status: 404 });
  expect((await api.get(`${path}/publications`)).json.data).toMatchObject([
    { kind: 'rollback', version: '1.0.0', from_version: '2.0.0', reason: 'two is wrong', made_by: expect.any(String) },
    { kind: 'publish', version: '2.0.0', from_version: '1.0.0' },
    { kind: 'publish', version: '1.0.0', from_version: null },
  ]);
  expect((await api.get(`${path}/versions`)).json.data).toHaveLength(2);
});

it('shows no draft of one tenant to another', async () => {
  const definition = aWorkflow([says('a', 1)]);
  const { json } = await api.call('PUT', `/workflows/${definition.workflow_id}/draft`, definition);
  for (const name of [definition.workflow_id, json.id as string]) {
    for (const [method, door] of [
      ['GET', 'draft'],
      ['GET', 'draft/history'],
      ['GET', 'draft/history/1'],
      ['GET', 'publications'],
      ['POST', 'publish'],
    ] as const)
      expect([door, (await theirs.call(method, `/workflows/${name}/${door}`)).status]).toEqual([door, 404]);
    expect((await theirs.post(`/workflows/${name}/rollback`, { version: '1.0.0' })).status).toBe(404);
  }
  expect((await theirs.call('PUT', `/workflows/${json.id}/draft`, definition)).status).toBe(404);
  expect((await theirs.get('/workflows')).json.data).toEqual([]);
});
