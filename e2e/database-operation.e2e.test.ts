/** `database_operation` in a workflow: what one step writes, the next one reads; here in the product's own PostgreSQL. */
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Relay, startRelay } from '../packages/server/testing/relay.ts';
import { createApi } from './api-client.ts';
import { aWorkflow, needs } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();
let relay: Relay;
let owner: pg.Client;

beforeAll(async () => {
  const databaseUrl = product.server.databaseUrl();
  const { username, searchParams } = new URL(databaseUrl);
  owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  await owner.query('create schema shop; create table shop.account (id int primary key, email text not null)');
  relay = await startRelay(`${searchParams.get('host')}/.s.PGSQL.5432`);
  const values = {
    host: '127.0.0.1',
    port: String(relay.port),
    username,
    database: owner.database ?? '',
    password: 'canary-secret',
  };
  const made = await product.api.post('/credentials', {
    name: 'SHOP',
    type: 'postgres',
    values,
    allowed_hosts: ['127.0.0.1'],
  });
  expect(made.status).toBe(201);
});
afterAll(async () => {
  await owner?.end();
  await relay?.close();
});

const asks = (id: string, config: object, more: object = {}) => ({
  id,
  type: 'database_operation',
  config: { credential: 'SHOP', ...config },
  ...more,
});

async function run(steps: Parameters<typeof aWorkflow>[0], input: object = {}) {
  const workflow = aWorkflow(steps);
  expect((await product.api.post('/workflows', workflow)).status).toBe(201);
  return (await product.api.post(`/workflows/${workflow.workflow_id}/execute?wait=20s`, { input })).json;
}

it('writes and reads rows, with values from the execution as parameters [D4 X8]', async () => {
  const ended = await run(
    [
      asks('write', {
        operation: 'execute',
        sql: 'insert into shop.account values ($1, $2)',
        params: ['${input.id}', '${input.email}'],
      }),
      asks(
        'read',
        { sql: 'select id, email from shop.account where id = $1', params: ['${input.id}'] },
        needs('write'),
      ),
    ],
    { id: 1, email: "o'neil@example.com" },
  );
  expect(ended).toMatchObject({
    status: 'COMPLETED',
    output: { read: { rows: [{ id: 1, email: "o'neil@example.com" }], row_count: 1 } },
  });
});

it('fails at a constraint without another try, and tells which', async () => {
  const twice = asks('write', {
    operation: 'transaction',
    sql: ["insert into shop.account values (7, 'a')", "insert into shop.account values (7, 'b')"],
  });
  const ended = await run([twice]);
  expect(ended).toMatchObject({
    status: 'FAILED',
    error: { code: 'database', step: 'write', details: { sqlstate: '23505', constraint: 'account_pkey' } },
  });
  const steps = (await product.api.call('GET', `/executions/${ended['id']}/steps`)).json.data;
  expect(steps).toMatchObject([{ attempt: 1 }]);
  expect(JSON.stringify([ended, steps])).not.toContain('canary');
});

it('is refused when it is saved if a statement holds an expression', async () => {
  const workflow = aWorkflow([asks('read', { sql: 'select * from ${input.table}' })]);
  const refused = await product.api.post('/workflows', workflow);
  expect(refused).toMatchObject({
    status: 422,
    json: { errors: [{ code: 'constant_expected', pointer: '/steps/0/config/sql' }] },
  });
});

it('runs the operation that is registered under the id of a step without a config [D4]', async () => {
  const { api } = product;
  const steps = [
    { id: 'validate', type: 'transform', config: { output: { customer: 40 } } },
    { id: 'make-account', type: 'database_operation', ...needs('validate') },
  ];
  const workflow = aWorkflow(steps);
  const saved = await api.post('/workflows/validate', workflow);
  expect(saved.json).toMatchObject({ valid: true, warnings: [{ code: 'unknown_operation', pointer: '/steps/1' }] });
  expect(await run(steps)).toMatchObject({
    status: 'FAILED',
    error: { code: 'operation_unknown', step: 'make-account' },
  });

  const operation = {
    credential: 'SHOP',
    operation: 'execute',
    sql: 'insert into shop.account values ($1, $2) returning id',
    parameters: { id: { from: '/steps/validate/customer' }, email: { schema: { type: 'string' } } },
    params: ['id', 'email'],
  };
  const path = '/registry/operations/make-account';
  const put = await api.call('PUT', path, operation);
  expect(put).toMatchObject({
    status: 200,
    json: { name: 'make-account', parameters: { email: { from: '/input/email' } } },
  });
  expect((await api.call('GET', '/registry/operations')).json.data).toEqual([put.json]);
  expect((await api.call('GET', path)).json).toEqual(put.json);
  expect((await api.post('/workflows/validate', workflow)).json).toMatchObject({ warnings: [] });
  expect(await run(steps, { email: 'forty@example.com' })).toMatchObject({
    status: 'COMPLETED',
    output: { 'make-account': { rows: [{ id: 40 }], row_count: 1 } },
  });
  expect(await run(steps, { email: 7 })).toMatchObject({
    status: 'FAILED',
    error: { code: 'config_invalid', details: { pointer: '/parameters/email' } },
  });

  const wrong = await api.call('PUT', path, {
    ...operation,
    params: ['nobody'],
    parameters: { email: { schema: { type: 'txt' } } },
  });
  expect(wrong.json.errors.map(({ pointer }) => pointer)).toEqual([
    '/params/0',
    expect.stringContaining('/parameters/email/schema'),
  ]);
  const theirs = createApi({ url: product.server.url, key: await product.server.addTenant() });
  expect((await theirs.call('GET', path)).status).toBe(404);
  expect((await theirs.call('DELETE', path)).status).toBe(404);
  expect((await api.call('DELETE', path)).status).toBe(204);
  expect((await api.call('DELETE', path)).status).toBe(404);
});
