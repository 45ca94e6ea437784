/** `database_operation` in a workflow: what one step writes, the next one reads; here in the product's own PostgreSQL. */
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Relay, startRelay } from '../packages/server/testing/relay.ts';
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
