import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { ensurePartitions, ensurePartitionsOf, monthsOfRoom } from './partitions.ts';

let test: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  client = await test.database.connectDirect('partitions', { role: 'owner' });
});
afterEach(() => client.end());

const day = 86_400_000;
const idAt = (at: number) => {
  const hex = Math.floor(at).toString(16).padStart(12, '0') + `7${randomBytes(10).toString('hex').slice(1)}`;
  return hex.replace(/^(.{8})(.{4})(.{4}).(.{3})(.{12}).*$/, '$1-$2-$3-8$4-$5');
};
const insert = (session: pg.Client, id: string) =>
  session.query(
    'insert into workflow_executions (id, tenant_id, workflow_id, version_id, root_id, shard) values ($1, $1, $1, $1, $1, 1) returning tableoid::regclass::text as partition',
    [id],
  );

it('has room for two years after a migration, and makes nothing when asked again', async () => {
  expect(await monthsOfRoom(client)).toBe(24);
  expect(await ensurePartitions(client)).toEqual({ made: [], dropped: [] });
});

it('puts an execution into the month of its id, and an older one among the survivors', async () => {
  const engine = await test.database.connectDirect('lane');
  const month = new Date().toISOString().slice(0, 7).replace('-', '');
  expect((await insert(engine, idAt(Date.now()))).rows).toEqual([{ partition: `workflow_executions_${month}` }]);
  expect((await insert(engine, idAt(0))).rows).toEqual([{ partition: 'workflow_executions_survivors' }]);
  await engine.end();
});

it('makes the month of an id that found none, once, and for journal and executions alike', async () => {
  const id = idAt(Date.UTC(2031, 4, 17));
  await expect(insert(client, id)).rejects.toMatchObject({ code: '23514' });
  expect(await ensurePartitionsOf(client, id)).toBe(true);
  expect(await ensurePartitionsOf(client, id)).toBe(false);
  await insert(client, id);
  await client.query(`insert into execution_events (execution_id, seq, data) values ($1, 1, '[]')`, [id]);
  expect(await ensurePartitionsOf(client, idAt(Date.UTC(1999, 0)))).toBe(false); // the survivors' time
});

it('gives a later partition what the first ones have, when several processes make it at once', async () => {
  const others = await Promise.all([1, 2].map(() => test.database.connectDirect('partitions', { role: 'owner' })));
  const later = Date.now() + 200 * day;
  const made = await Promise.all(
    [client, ...others].map(async (session) => (await ensurePartitions(session, later)).made),
  );
  expect(new Set(made.flat()).size).toBe(made.flat().length);
  expect(made.flat().length).toBeGreaterThan(0);
  for (const session of others) await session.end();
  const { rows } = await client.query(`
    select parent.relname, count(distinct (c.relforcerowsecurity, c.relacl::text, (select count(*) from pg_policy p where p.polrelid = c.oid),
                                           (select count(*) from pg_index i where i.indrelid = c.oid)))::int as shapes
      from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class parent on parent.oid = i.inhparent
     where c.relkind = 'r' group by 1 order by 1`);
  expect(rows.map(({ shapes }) => shapes)).toEqual([1, 1, 1]);
});

it('drops days of commits after a week, but not while somebody reads them', async () => {
  const start = Date.now() + 400 * day;
  const name = (at: number) => `engine_commits_${new Date(at).toISOString().slice(0, 10).replaceAll('-', '')}`;
  await ensurePartitions(client, start);
  const reader = await test.database.connectDirect('reader', { role: 'owner' });
  await reader.query('begin');
  await reader.query('select count(*) from engine_commits');
  expect((await ensurePartitions(client, start + 8 * day)).dropped).toEqual([]);
  await reader.query('commit');
  expect((await ensurePartitions(client, start + 8 * day)).dropped).toEqual([name(start - day), name(start)]);
  await reader.end();
});

it('keeps the numbers of a lane unique', async () => {
  const now = Date.now();
  const add = (at: number) =>
    client.query(
      `insert into engine_commits (flush_id, lane, n, refs) values ($1, '00000000-0000-0000-0000-000000000001', 1, '{}')`,
      [idAt(at)],
    );
  await ensurePartitions(client, now);
  await add(now + 10 * day);
  await expect(add(now + 10 * day)).rejects.toMatchObject({ code: '23505' });
});

it('changes an execution that has begun without touching an index until it ends', async () => {
  const id = idAt(Date.now());
  await insert(client, id);
  const moved = () =>
    client.query<{ ctid: string }>(
      `update workflow_executions set status = 1, seq = seq + 1, wait_reason = 3 where id = $1 returning ctid::text`,
      [id],
    );
  const month = `workflow_executions_${new Date().toISOString().slice(0, 7).replace('-', '')}`;
  const hot = async () =>
    Number((await client.query(`select pg_stat_get_xact_tuples_hot_updated($1::regclass) as n`, [month])).rows[0].n);
  await moved(); // it begins: out of the index of pending starts
  await client.query('begin');
  for (let i = 0; i < 5; i += 1) await moved();
  expect(await hot()).toBe(5);
  await client.query('commit');
});
