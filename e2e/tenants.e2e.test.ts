/** Two tenants on one product: neither sees, changes, or learns of anything of the other's. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../packages/server/testing/server.ts';
import { type Api, createApi } from './api-client.ts';
import { aWorkflow, naps } from './definitions.ts';

let server: RunningServer;
let ours: Api;
let theirs: Api;

beforeAll(async () => {
  server = await startServer();
  ours = createApi({ url: server.url, key: server.apiKey });
  theirs = createApi({ url: server.url, key: await server.addTenant() });
});
afterAll(() => server?.stop());

it('answers 404 for every door to what belongs to another tenant, and lists none of it [Z6 S038]', async () => {
  const definition = aWorkflow([naps('nap', '1h')]);
  const workflow = (await ours.post('/workflows', definition)).json;
  const { execution_id } = (await ours.post(`/workflows/${workflow.id}/execute`)).json;
  const operation = await ours.post('/executions/bulk', { action: 'pause', filter: { business_key: 'none' } });

  const doors: readonly (readonly [string, string, object?])[] = [
    ['GET', `/executions/${execution_id}`],
    ['GET', `/executions/${execution_id}/steps`],
    ['GET', `/executions/${execution_id}/events`],
    ['POST', `/executions/${execution_id}/cancel`],
    ['PATCH', `/executions/${execution_id}`, { labels: { seen: 'yes' } }],
    ['GET', `/operations/${operation.json.id}`],
    ['POST', `/operations/${operation.json.id}/cancel`],
    ...[workflow.id, definition.workflow_id].flatMap((name) => [
      ['GET', `/workflows/${name}`] as const,
      ['GET', `/workflows/${name}/versions`] as const,
      ['GET', `/workflows/${name}/versions/1.0.0`] as const,
      ['GET', `/workflows/${name}/history`] as const,
      ['GET', `/workflows/${name}/draft`] as const,
      ['GET', `/workflows/${name}/draft/history`] as const,
      ['GET', `/workflows/${name}/publications`] as const,
      ['POST', `/workflows/${name}/publish`] as const,
      ['POST', `/workflows/${name}/rollback`, { version: '1.0.0' }] as const,
      ['POST', `/workflows/${name}/execute`] as const,
      ['POST', `/workflows/${name}/enable`] as const,
      ['POST', `/workflows/${name}/disable`] as const,
      ['DELETE', `/workflows/${name}`] as const,
    ]),
  ];
  for (const [method, path, body] of doors) {
    const answer = await theirs.call(method, path, body);
    expect([method, path, answer.status, answer.json.code]).toEqual([method, path, 404, 'not_found']);
  }
  expect((await theirs.get('/workflows')).json.data).toEqual([]);
  expect((await theirs.get('/executions')).json.data).toEqual([]);
  expect((await theirs.get('/executions?count=true')).json).toMatchObject({ count: 0 });
  const all = await theirs.post('/executions/bulk', { action: 'cancel', filter: { status: 'RUNNING' } });
  expect((await theirs.get(`/operations/${all.json.id}`)).json).toMatchObject({ matched: 0, done: 0 });

  const untouched = await ours.get(`/executions/${execution_id}`);
  expect(untouched.json.status).toBe('RUNNING');
  await ours.post(`/executions/${execution_id}/cancel`);
});

it('lets two tenants use the same names and the same idempotency keys [Z6 F75]', async () => {
  const definition = aWorkflow([], { output: 'ours' });
  expect((await ours.post('/workflows', definition)).status).toBe(201);
  expect((await theirs.post('/workflows', { ...definition, output: 'theirs' })).status).toBe(201);

  const start = (api: Api) =>
    api.post(`/workflows/${definition.workflow_id}/execute?wait=10s`, {}, { 'idempotency-key': 'same' });
  const [one, other] = await Promise.all([start(ours), start(theirs)]);
  expect([one.json.output, other.json.output]).toEqual(['ours', 'theirs']);
});
