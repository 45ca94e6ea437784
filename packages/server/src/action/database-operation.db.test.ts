/** `database_operation` against a real PostgreSQL, as the engine has it run. */
import type { Json } from '@cloudflow/core/json.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { type Relay, startRelay } from '../../testing/relay.ts';
import { createTries } from '../../testing/tries.ts';

let fixture: TestDatabase;
let owner: pg.Client;
let relay: Relay;
/** As a workflow reaches it: over TCP. */
let url: string;
const tries = createTries('database_operation');

beforeAll(async () => {
  fixture = await createTestDatabase({ empty: true });
  owner = new pg.Client({ connectionString: fixture.url });
  await owner.connect();
  await owner.query('create table account (id bigint primary key, email text unique not null, balance numeric)');
  const { hostname, port, username, pathname, searchParams } = new URL(fixture.url);
  const folder = searchParams.get('host');
  relay = await startRelay(folder ? `${folder}/.s.PGSQL.5432` : { host: hostname, port: Number(port) });
  url = `postgres://${username}:any-password@127.0.0.1:${relay.port}${pathname}`;
  tries.vault['DB'] = { type: 'database', values: { url }, secrets: [url], allowedHosts: null };
});
afterAll(async () => {
  await tries.close();
  await relay?.close();
  await owner?.end();
  await fixture?.drop();
});

const run = (config: Record<string, Json>, options: Parameters<typeof tries.run>[1] = {}) =>
  tries.run({ credential: 'DB', ...config }, options);
const only = async (sql: string): Promise<unknown> => (await owner.query(sql)).rows[0];

describe('database_operation in PostgreSQL', () => {
  it('hands values in as parameters, and gives rows and their count [X8]', async () => {
    const evil = `x'; drop table account; --`;
    const inserted = await run({
      operation: 'execute',
      sql: 'insert into account values ($1, $2, $3) returning id, email',
      params: [1, evil, '10.50'],
    });
    expect(inserted).toEqual({ output: { rows: [{ id: 1, email: evil }], row_count: 1 } });
    const found = await run({ sql: 'select balance from account where email = any ($1)', params: [[evil, 'other']] });
    expect(found).toEqual({ output: { rows: [{ balance: '10.50' }], row_count: 1 } });
    const none = await run({ operation: 'execute', sql: 'update account set balance = 0 where id = 99' });
    expect(none).toEqual({ output: { rows: [], row_count: 0 } });
  });

  it('gives every type as JSON without loss', async () => {
    const columns = {
      "9007199254740993::int8 as big, 42::int8 as small, 'NaN'::float8 as nan, 0.1::float8 as tenth": {
        big: '9007199254740993',
        small: 42,
        nan: 'NaN',
        tenth: 0.1,
      },
      '12345678901234567890.123456789::numeric as exact, true as yes, null as nothing, \'{"a":[1]}\'::jsonb as doc': {
        exact: '12345678901234567890.123456789',
        yes: true,
        nothing: null,
        doc: { a: [1] },
      },
      "'2026-01-02 03:04:05.678901+02'::timestamptz as at, '2026-01-02 03:04:05'::timestamp as wall, '2026-01-02'::date as day":
        {
          at: '2026-01-02T01:04:05.678901Z',
          wall: '2026-01-02T03:04:05',
          day: '2026-01-02',
        },
      "'infinity'::timestamptz as never, '\\x00ff'::bytea as raw, '1 day 2 hours'::interval as span": {
        never: 'infinity',
        raw: 'AP8=',
        span: 'P1DT2H',
      },
      "array[1, null]::int8[] as ids, array[array['a', 'b,\"']] as words, array['\\x01'::bytea] as pieces": {
        ids: [1, null],
        words: [['a', 'b,"']],
        pieces: ['AQ=='],
      },
      '1 as id, 2 as id, 3 as id_2, 4 as "__proto__"': JSON.parse('{"id":1,"id_3":2,"id_2":3,"__proto__":4}'),
    };
    for (const [list, expected] of Object.entries(columns))
      expect(await run({ sql: `select ${list}` })).toEqual({ output: { rows: [expected], row_count: 1 } });
  });

  it('refuses two statements in one, so that nothing can be smuggled in', async () => {
    expect(await run({ sql: 'select 1; select 2' })).toMatchObject({ error: { details: { sqlstate: '42601' } } });
  });

  it('runs all of a transaction, or nothing of it', async () => {
    const sql = [
      'insert into account values ($1, $2)',
      'select count(*) as many from account where id between 10 and 19',
    ];
    const both = await run({ operation: 'transaction', sql, params: [[10, 'ten@example.com']] });
    expect(both).toEqual({
      output: {
        rows: [{ many: 1 }],
        row_count: 1,
        results: [
          { rows: [], row_count: 1 },
          { rows: [{ many: 1 }], row_count: 1 },
        ],
      },
    });
    const twice = {
      operation: 'transaction',
      sql: [sql[0], sql[0]] as string[],
      params: [
        [11, 'a'],
        [12, 'a'],
      ],
    };
    expect(await run(twice)).toMatchObject({ error: { code: 'database', retryable: false } });
    expect(await only('select count(*)::int as many from account where id in (11, 12)')).toEqual({ many: 0 });
  });

  it('says what was refused and why, and that another try does not help', async () => {
    const again = await run({ sql: 'insert into account values (1, $1)', params: ['other'] });
    expect(again).toMatchObject({
      error: {
        code: 'database',
        retryable: false,
        details: { sqlstate: '23505', constraint: 'account_pkey', table: 'account' },
      },
    });
    expect(await run({ sql: 'select nothing from nowhere' })).toMatchObject({
      error: { retryable: false, details: { sqlstate: '42P01', position: '21' } },
    });
    expect(await run({ sql: 'select $1::int', params: [] })).toMatchObject({
      error: { code: 'database', retryable: false },
    });
    expect(await run({ sql: ['select 1'] })).toMatchObject({ error: { code: 'config_invalid' } });
  });

  it('lets what passes be tried again: a serialization failure, a deadlock, a lock that another holds', async () => {
    await owner.query('begin');
    await owner.query("insert into account values (30, 'held')");
    const sql = ["set local lock_timeout = '20ms'", "insert into account values (30, 'held')"];
    const blocked = await run({ operation: 'transaction', sql });
    await owner.query('rollback');
    expect(blocked).toMatchObject({ error: { code: 'database', retryable: true, details: { sqlstate: '55P03' } } });
    const raised = "do $$ begin raise sqlstate '40001' using message = 'later'; end $$";
    expect(await run({ operation: 'execute', sql: raised })).toMatchObject({ error: { retryable: true } });
  });

  it('ends at its limits of rows and bytes, and not later', async () => {
    const endless = 'select generate_series(1, 1000000000) as i, repeat(md5(random()::text), 300) as text';
    expect(await run({ sql: endless, max_rows: 10 })).toMatchObject({ error: { code: 'response_too_large' } });
    expect(await run({ sql: endless, max_rows: 100_000 })).toMatchObject({ error: { code: 'response_too_large' } });
    expect(await run({ sql: 'select generate_series(1, 10) as i', max_rows: 10 })).toMatchObject({
      output: { row_count: 10 },
    });
  });

  it('has the deadline of the try at the database too', async () => {
    expect(await run({ sql: 'show statement_timeout' }, { timeoutMs: 7_000 })).toMatchObject({
      output: { rows: [{ statement_timeout: '7s' }] },
    });
  });

  it.each(['deadline', 'withdrawal'])(
    'stops at the database what runs when its %s comes, and leaves no connection',
    async (how) => {
      const mark = `mark_${how}`;
      const active = () =>
        only(
          `select count(*)::int as many from pg_stat_activity where query like '%${mark} %' and pid <> pg_backend_pid()`,
        );
      const stop = new AbortController();
      const isDeadline = how === 'deadline';
      const running = run(
        { sql: `select '${mark} ' as ${mark}, pg_sleep(60)` },
        isDeadline ? { timeoutMs: 300 } : { signal: stop.signal },
      );
      await expect.poll(active, { interval: 20 }).toEqual({ many: 1 });
      if (!isDeadline) stop.abort();
      expect(await running).toMatchObject({ error: { code: isDeadline ? 'timeout' : 'aborted', retryable: true } });
      await expect.poll(active).toEqual({ many: 0 });
    },
  );

  it('does not reach a database inside the house, nor a host that the credential is not for', async () => {
    const config = { credential: 'DB', sql: 'select 1' };
    expect(await tries.run(config, { allow: [] })).toMatchObject({
      error: { code: 'egress_denied', retryable: false },
    });
    tries.vault['ELSEWHERE'] = { ...(tries.vault['DB'] as object), allowedHosts: ['db.example.com'] } as never;
    expect(await tries.run({ ...config, credential: 'ELSEWHERE' })).toMatchObject({
      error: { code: 'credential_host_denied' },
    });
  });

  it('never shows the password, nor takes a credential of something else', async () => {
    const wrong = url.replace(/\/\/.*@/, '//nobody:canary-password@');
    tries.vault['WRONG'] = { type: 'database', values: { url: wrong }, secrets: [wrong], allowedHosts: null };
    const refused = await run({ credential: 'WRONG', sql: 'select 1' });
    expect(refused).toMatchObject({ error: { retryable: false } });
    expect(JSON.stringify(refused)).not.toContain('canary');
    tries.vault['KEY'] = { type: 'generic', values: { value: 'x' }, secrets: ['x'], allowedHosts: null };
    expect(await run({ credential: 'KEY', sql: 'select 1' })).toMatchObject({ error: { code: 'credential_unusable' } });
  });

  it('can be tried again when the connection breaks', async () => {
    const running = run({ sql: 'select pg_sleep(60) as broken' });
    const isRunning = () => only("select count(*)::int as many from pg_stat_activity where query like '%as broken'");
    await expect.poll(isRunning, { interval: 20 }).toEqual({ many: 1 });
    relay.cut();
    expect(await running).toMatchObject({ error: { code: 'network', retryable: true } });
  });

  it('has a few connections at once, and the other tries wait', async () => {
    const counted =
      "select pg_sleep(0.05), count(*)::int as many from pg_stat_activity where application_name = 'CloudFlow'";
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => run({ sql: counted })));
    const seen = outcomes.map((outcome) =>
      'output' in outcome ? (outcome.output as { rows: { many: number }[] }).rows[0]?.many : NaN,
    );
    // 20, and those whose process at the server has not ended yet.
    expect(Math.max(...(seen as number[]))).toBeLessThan(40);
    expect(seen.every((many) => Number(many) > 0)).toBe(true);
  });
});
