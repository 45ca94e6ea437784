import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import type { As, Database } from '../../kernel/db/database.ts';
import type { Sql } from '../../kernel/sql/sql.ts';
import { type StartQueue, startsOf, tenantsWithStarts } from './pending-starts.ts';

const none = '00000000-0000-0000-0000-000000000000';
const many = '00000000-0000-7000-8000-00000000000a';
const few = '00000000-0000-7000-8000-00000000000b';
const allShards = Array.from({ length: 256 }, (_, shard) => shard);
const MANY = 100_000;

let test: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  test = await createTestDatabase();
  owner = await test.database.connectDirect('filling', { role: 'owner', queryTimeoutMs: 120_000 });
  await store(many, { count: MANY, shards: 256, status: 2 });
  await store(many, { count: MANY, shards: 256 });
  await store(few, { count: 5, shards: 1 });
  await owner.query('analyze workflow_executions');
}, 120_000);
afterAll(async () => {
  await owner.end();
  await test.drop();
});

/** `n % shards` is the shard, `n % 5 + 1` the priority; the first is the oldest. */
async function store(
  tenant: string,
  { count, shards, status = 0 }: { count: number; shards: number; status?: number },
): Promise<void> {
  // What has ended is older.
  const time = `lpad(to_hex(${Date.now() - (status === 0 ? 1 : 2) * MANY}::bigint + n), 12, '0')`;
  const id = `(${time} || '7000b' || substr(md5(n::text), 1, 13) || lpad(to_hex(n % ${shards}), 2, '0'))::uuid`;
  await owner.query(`
    insert into workflow_executions (id, tenant_id, workflow_id, version_id, root_id, shard, status, priority)
    select ${id}, '${tenant}', '${randomUUID()}', '${randomUUID()}', ${id}, n % ${shards}, ${status}, n % 5 + 1
      from generate_series(0, ${count} - 1) n`);
}
const queuesOf = (...tenants: string[]): StartQueue[] =>
  tenants.flatMap((tenant) => [1, 2, 3, 4, 5].map((priority) => ({ tenant, priority, after: none })));

/** What a statement reads: pages of indexes and tables. */
async function pagesReadBy(look: (database: Database) => Promise<unknown>): Promise<number> {
  let pages = 0;
  await look({
    ...test.database,
    async query<T>(as: As, query: Sql) {
      const text = `explain (analyze, buffers, format json) ${query.text}`;
      const rows = await test.database.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(as, {
        ...query,
        text,
      });
      for (const {
        'QUERY PLAN': [{ Plan: plan }],
      } of rows)
        pages += (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
      return [] as T[];
    },
  });
  return pages;
}

describe('starts that wait', () => {
  it('are found by tenant, and the oldest of each priority in the shards that were asked for', async () => {
    expect(await tenantsWithStarts(test.database, none, 50)).toEqual([many, few]);
    expect(await tenantsWithStarts(test.database, many, 50)).toEqual([few]);
    const found = await startsOf(test.database, queuesOf(many, few), { shards: allShards, known: [], each: 3 });
    expect(found.map(({ ids }) => ids.length)).toEqual([3, 3, 3, 3, 3, 1, 1, 1, 1, 1]);
    const [first] = found;
    const known = first?.ids ?? [];
    expect([...known].sort()).toEqual(known);
    const [next] = await startsOf(test.database, queuesOf(many), { shards: allShards, known, each: 3 });
    expect(next?.ids.every((id) => id > (known.at(-1) ?? ''))).toBe(true);
    const ours = await startsOf(test.database, queuesOf(many), { shards: [7], known: [], each: 3 });
    expect(ours.flatMap(({ ids }) => ids).every((id) => id.endsWith('07'))).toBe(true);
  });

  it('of others alone are passed over, a bounded number at a time', async () => {
    const [found] = await startsOf(test.database, queuesOf(many), { shards: [], known: [], each: 3 });
    expect(found?.ids).toEqual([]);
    const after = found?.passed ?? '';
    const [{ count } = { count: 0 }] = (
      await owner.query(
        `select count(*)::int from workflow_executions where tenant_id = '${many}' and status = 0 and priority = 1 and id <= '${after}'`,
      )
    ).rows;
    expect(count).toBe(10_000);
    const rest = await startsOf(test.database, [{ tenant: many, priority: 1, after }], {
      shards: [],
      known: [],
      each: 3,
    });
    expect(rest.map(({ passed }) => passed === null)).toEqual([false]);
  });

  it('are looked for with work that does not grow with how many wait [F25 F59]', async () => {
    expect(await pagesReadBy((database) => tenantsWithStarts(database, none, 50))).toBeLessThan(1_000);
    const look = { shards: allShards, known: [], each: 100 };
    expect(await pagesReadBy((database) => startsOf(database, queuesOf(many, few), look))).toBeLessThan(3_000);
  });
});
