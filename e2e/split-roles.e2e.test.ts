/** One process answers HTTP, another one drives executions; all they share is PostgreSQL. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../packages/server/src/kernel/embedded-postgres/embedded-postgres.ts';
import { silentLog } from '../packages/server/src/kernel/log/log.ts';
import { type RunningServer, startServer } from '../packages/server/testing/server.ts';
import { createApi } from './api-client.ts';
import { aWorkflow, naps, says } from './definitions.ts';
import { openStream } from './event-stream.ts';

let dataDir: string;
let postgres: EmbeddedPostgres;
let gateway: RunningServer;
const servers: RunningServer[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cloudflow-split-'));
  postgres = await startEmbeddedPostgres({ dataDir, log: silentLog, progress: () => undefined });
  gateway = await aProcess('gateway');
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await postgres?.stop();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

async function aProcess(roles: string, apiKey?: string): Promise<RunningServer> {
  const env = { DATABASE_URL: postgres.url };
  const server = await startServer({ env, arguments: ['--roles', roles], ...(apiKey !== undefined && { apiKey }) });
  servers.push(server);
  return server;
}

it('keeps what a gateway accepted until a process with the role engine runs, and both say that they are ready', async () => {
  const api = createApi({ url: gateway.url, key: gateway.apiKey });
  const definition = aWorkflow([says('hello', 'hi')]);
  expect((await api.post('/workflows', definition)).status).toBe(201);
  const started = await api.post(`/workflows/${definition.workflow_id}/execute`);
  expect([started.status, started.json.status]).toEqual([202, 'PENDING']);
  const read = async () => (await api.get(`/executions/${started.json.execution_id}`)).json.status;
  expect(await read()).toBe('PENDING');
  expect((await api.get(`/executions/${started.json.execution_id}/explain`)).json).toMatchObject({
    wait_reason: 'queue',
    waits: [{ reason: 'queue', details: { owner: null } }],
  });

  const engine = await aProcess('engine', gateway.apiKey);
  await expect.poll(read, { timeout: 20_000 }).toBe('COMPLETED');
  for (const { url } of [gateway, engine]) expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(`${engine.url}/api/v1/workflows`, { headers: { 'x-api-key': gateway.apiKey } })).status).toBe(
    404,
  );
});

it('streams from a gateway the journal of what another process drives', async () => {
  const api = createApi({ url: gateway.url, key: gateway.apiKey });
  const definition = aWorkflow([says('hello', 'hi'), naps('nap', 300), says('bye', 'bye', { depends_on: ['nap'] })]);
  await api.post('/workflows', definition);
  const id = (await api.post(`/workflows/${definition.workflow_id}/execute`)).json.execution_id;
  const stream = await openStream(`${gateway.url}/api/v1/executions/${id}/events`, { key: gateway.apiKey });
  const seen: string[] = [];
  for await (const message of stream.read()) if (typeof message !== 'string') seen.push(message.id);
  expect(seen).toEqual((await api.all(`/executions/${id}/events`)).map((event) => event.id));
});
