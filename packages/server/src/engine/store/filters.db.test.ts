/** Every filter of lists on a table of a million: what is read is in proportion to what is shown. */
import { randomUUIDv7 } from 'node:crypto';
import type { ExecutionStatus } from '@cloudflow/core/run/event.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import type { As, Database } from '../../kernel/db/database.ts';
import { type Sql, sql } from '../../kernel/sql/sql.ts';
import { firstIdAt } from '../id-range.ts';
import { bulkPage } from './bulk-targets.ts';
import { countByStatus } from './count-executions.ts';
import type { ExecutionFilter } from './execution-filter.ts';
import { listHeads, type Reader } from './read.ts';

const [large, small] = [randomUUIDv7(), randomUUIDv7()];
const [workflowId, rare, smallOnes] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()];
const origin = randomUUIDv7();
const now = Date.now();
const minute = 60_000;
let test: TestDatabase;

/** One in 1,000 is of the small tenant, 1 in 500 of a rare workflow, 1 in 100 failed, 1 in 200 cancelled, 1 in 100 runs. */
async function fill(): Promise<void> {
  const client = await test.database.connectDirect('filling', { role: 'owner', queryTimeoutMs: 120_000 });
  const id = `(lpad(to_hex(${now}::bigint - n), 12, '0') || '7000b000' || lpad(to_hex(n), 10, '0') || lpad(to_hex(n % 256), 2, '0'))::uuid`;
  const workflow = `case when n % 1000 = 7 then '${smallOnes}' when n % 500 = 3 then '${rare}' else '${workflowId}' end::uuid`;
  for (const [tenant, ...ids] of [
    [large, workflowId, rare],
    [small, smallOnes],
  ]) {
    await client.query(`insert into tenants (id, slug, name) values ('${tenant}', 't-${tenant}', 'T')`);
    for (const id of ids)
      await client.query(`
        insert into workflows (id, tenant_id, slug) values ('${id}', '${tenant}', 'w-${id}');
        insert into workflow_versions (id, tenant_id, workflow_id, version, definition, digest)
        values ('${id}', '${tenant}', '${id}', '1.0.0', '{}', sha256(''))`);
  }
  await client.query(`
    insert into workflow_executions (id, tenant_id, workflow_id, version_id, root_id, shard, status, finished_at, business_key, labels, parent_id, retry_of)
    select ${id}, case when n % 1000 = 7 then '${small}' else '${large}' end::uuid, ${workflow}, ${workflow}, ${id}, n % 256, case when n % 100 = 1 then 3 when n % 200 = 2 then 4 when n % 100 = 3 then 1 else 2 end,
           case when n % 100 = 3 then null else now() end,
           case when n % 20 = 0 then 'order-' || n end, case when n % 50 = 0 then '{"region":"eu"}' when n = 999 then '{"region":"us"}' else '{}' end,
           case when n % 1000 = 5 then '${origin}' end::uuid, case when n % 1000 = 6 then '${origin}' end::uuid
      from generate_series(1, 1000000) n`);
  await client.query('vacuum analyze workflow_executions, execution_labels');
  await client.end();
}

beforeAll(async () => {
  test = await createTestDatabase();
  await fill();
}, 120_000);
afterAll(() => test?.drop());

type Plan = { readonly Plans?: readonly Plan[]; readonly [name: string]: unknown };

/** Rows that the leaves of the plans gave, and those that they read in vain. */
function rowsRead(plan: Plan): number {
  const each = Number(plan['Actual Rows'] ?? 0) + Number(plan['Rows Removed by Filter'] ?? 0);
  const own = plan['Relation Name'] === undefined ? 0 : Number(plan['Actual Loops'] ?? 0) * each;
  return (plan.Plans ?? []).reduce((sum, inner) => sum + rowsRead(inner), own);
}

function explaining(tenantId: string): Reader & { read: number } {
  const reader = {
    read: 0,
    async rows(query: Sql) {
      const text = `explain (analyze, format json) ${query.text}`;
      const [row] = await test.database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        { role: 'app', tenantId },
        { ...query, text },
      );
      reader.read += rowsRead(row?.['QUERY PLAN'][0].Plan ?? {});
      return [];
    },
  };
  return reader as typeof reader & Reader;
}

const failed: readonly ExecutionStatus[] = ['FAILED'];
const workflow = { workflowIds: [workflowId] };
const time = { from: firstIdAt(now - 5 * minute), before: firstIdAt(now - 2 * minute) };
const filters: readonly (readonly [string, ExecutionFilter])[] = [
  ['nothing', {}],
  ['a workflow', workflow],
  ['a rare workflow', { workflowIds: [rare] }],
  ['FAILED', { statuses: failed }],
  ['CANCELLED', { statuses: ['CANCELLED'] }],
  ['FAILED and CANCELLED', { statuses: ['FAILED', 'CANCELLED'] }],
  ['COMPLETED', { statuses: ['COMPLETED'] }],
  ['a time', time],
  ['a label', { label: 'region:eu' }],
  ['a rare label', { label: 'region:us' }],
  ['a label that is nowhere', { label: 'region:mars' }],
  ['a business key', { businessKey: 'order-5000' }],
  ['a parent', { parentId: origin, from: firstIdAt(now - 60 * minute) }],
  ['an execution that is retried', { retryOf: origin, from: firstIdAt(now - 60 * minute) }],
  ['the beginning of a business key', { beginning: 'order-50' }],
  ['the beginning of an id', { beginning: firstIdAt(now - minute).slice(0, 13) }],
];
const beside: readonly (readonly [string, ExecutionFilter])[] = [
  ['alone', {}],
  ['with a workflow', workflow],
  ['with FAILED', { statuses: failed }],
  ['with a time', time],
];

it.each(filters)(
  'a page found by %s reads little, alone and beside a workflow, a status, a time [E33]',
  async (_, filter) => {
    const read: Record<string, number> = {};
    for (const [name, more] of beside) {
      const reader = explaining(large);
      await listHeads(reader, large, { ...more, ...filter }, 51);
      read[name] = reader.read;
    }
    for (const [name, rows] of Object.entries(read)) expect([name, rows, rows < 30_000]).toEqual([name, rows, true]);
  },
);

it('a small tenant beside a large one reads its own rows', async () => {
  for (const filter of [{}, { statuses: failed }, time]) {
    const reader = explaining(small);
    await listHeads(reader, small, filter, 51);
    expect(reader.read).toBeLessThan(2_000);
  }
});

it.each([
  ['cancel', workflow],
  ['cancel', { workflowIds: [rare] }],
  ['cancel', { label: 'region:eu' }],
  ['resume', { businessKey: 'order-5000' }],
  ['retry', workflow],
  ['retry', { statuses: failed }],
  ['retry', { from: firstIdAt(now - 60 * minute) }],
] as const)('a page of an operation that is to %s %j reads little', async (action, filter) => {
  for (const after of [null, firstIdAt(now - 5 * minute)]) {
    const reader = explaining(large);
    const database = { query: (_: As, query: Sql) => reader.rows(query) } as Pick<Database, 'query'> as Database;
    const range = { ...filter, before: firstIdAt(now + minute) };
    await bulkPage(database, large, { action, filter: range }, { after, limit: 500 });
    expect(reader.read).toBeLessThan(100_000);
  }
});

it('what runs is found without reading what has ended', async () => {
  const reader = explaining(large);
  await listHeads(reader, large, { statuses: ['RUNNING'] }, 51);
  expect(reader.read).toBeLessThan(30_000);
});

it('counting by status ends at 10,000 of each', async () => {
  const counts = await countByStatus(
    { rows: (query) => test.database.query({ role: 'app', tenantId: large }, query) },
    large,
    {},
    ['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'],
  );
  expect(counts).toEqual([
    { count: 10_000, capped: false },
    { count: 10_000, capped: true },
    { count: 10_000, capped: false },
    { count: 5_000, capped: false },
  ]);
  const reader = explaining(large);
  await countByStatus(reader, large, {}, ['COMPLETED', 'FAILED', 'CANCELLED']);
  expect(reader.read).toBeLessThan(60_000);
});

it('a change of labels, and what a run writes until its end, are HOT updates', async () => {
  const hot = await test.database.transaction({ role: 'owner' }, async (tx) => {
    const one = sql`(select id from workflow_executions where tenant_id = ${large} and finished_at is null order by id desc limit 1)`;
    await tx.execute(sql`update workflow_executions set labels = '{"tier":"gold"}' where id = ${one}`);
    await tx.execute(sql`update workflow_executions set seq = seq + 1, wait_reason = 3, phase = 1 where id = ${one}`);
    return tx.row(sql`
      select sum(n_tup_upd)::int as updates, sum(n_tup_hot_upd)::int as hot
        from pg_stat_xact_user_tables where relname like 'workflow_executions_%'`);
  });
  expect(hot).toEqual({ updates: 2, hot: 2 });
});
