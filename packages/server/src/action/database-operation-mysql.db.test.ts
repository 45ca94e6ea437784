/** `database_operation` against a real MariaDB, as the engine has it run. */
import type { Json } from '@cloudflow/core/json.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../testing/components/describe-with.ts';
import { mariadbLogin, startMariadb } from '../../testing/components/mariadb.ts';
import type { RunningComponent } from '../../testing/components/run-server.ts';
import { createTries, type TryOptions } from '../../testing/tries.ts';

describeWith('mariadb', 'database_operation in MySQL', () => {
  const tries = createTries('database_operation');
  let server: RunningComponent;
  const run = (config: Record<string, Json>, options?: TryOptions) =>
    tries.run({ credential: 'DB', ...config }, options);
  const rowsOf = async (sql: string) => {
    const outcome = await run({ sql });
    return 'output' in outcome ? (outcome.output as { rows: Json[] }).rows : outcome;
  };

  beforeAll(async () => {
    server = await startMariadb();
    const { user: username, password, database } = mariadbLogin;
    const values = { host: '127.0.0.1', port: String(server.port), username, password, database };
    tries.vault['DB'] = { type: 'mysql', values, secrets: [password], allowedHosts: null };
    const url = `mysql://${username}:${password}@127.0.0.1:${server.port}/${database}`;
    tries.vault['URL'] = { type: 'database', values: { url }, secrets: [url], allowedHosts: null };
    await run({ sql: 'create table account (id bigint primary key, email varchar(100) unique, at timestamp(6) null)' });
  });
  afterAll(async () => {
    await tries.close();
    await server?.stop();
  });

  it('hands values in as parameters, and gives rows and their count [X8]', async () => {
    const evil = `x'; drop table account; -- ü`;
    const insert = { operation: 'execute', sql: 'insert into account (id, email) values (?, ?)', params: [1, evil] };
    expect(await run(insert)).toEqual({ output: { rows: [], row_count: 1 } });
    const found = await run({
      credential: 'URL',
      sql: 'select id, email from account where email = ? limit ?',
      params: [evil, 5],
    });
    expect(found).toEqual({ output: { rows: [{ id: 1, email: evil }], row_count: 1 } });
  });

  it('gives every type as JSON without loss', async () => {
    const list = `cast(9007199254740993 as signed) as big, 42 as small, cast('1.10' as decimal(10,2)) as exact, 0.5e0 as half,
      timestamp '2026-01-02 03:04:05.123456' as wall, date '2026-01-02' as day, x'00ff' as raw, null as nothing, b'101' as bits,
      'a' as id, 'b' as id`;
    expect(await rowsOf(`select ${list}`)).toEqual([
      {
        ...{ big: '9007199254740993', small: 42, exact: '1.10', half: 0.5, wall: '2026-01-02T03:04:05.123456' },
        ...{ day: '2026-01-02', raw: 'AP8=', nothing: null, bits: expect.anything(), id: 'a', id_2: 'b' },
      },
    ]);
    await run({ sql: "insert into account (id, at) values (2, '2026-01-02 03:04:05.5')" });
    expect(await rowsOf('select at from account where id = 2')).toEqual([{ at: '2026-01-02T03:04:05.500000Z' }]);
  });

  it('runs all of a transaction, or nothing of it, and says what was refused', async () => {
    const insert = 'insert into account (id, email) values (?, ?)';
    const params = [
      [10, 'ten'],
      [10, 'again'],
    ];
    expect(await run({ operation: 'transaction', sql: [insert, insert], params })).toMatchObject({
      error: { code: 'database', retryable: false, details: { sqlstate: '23000', errno: 1062 } },
    });
    expect(await rowsOf('select count(*) as many from account where id = 10')).toEqual([{ many: 0 }]);
    expect(await run({ sql: 'select 1; select 2' })).toMatchObject({ error: { details: { sqlstate: '42000' } } });
  });

  it('ends at its limit of rows, and lets what passes be tried again', async () => {
    const many = 'select a.seq from seq_1_to_100000 a, seq_1_to_100000 b';
    expect(await run({ sql: many, max_rows: 10 })).toMatchObject({ error: { code: 'response_too_large' } });
    const raised = `signal sqlstate '40001' set message_text = 'later'`;
    expect(await run({ operation: 'execute', sql: raised })).toMatchObject({
      error: { code: 'database', retryable: true },
    });
  });

  it.each(['deadline', 'withdrawal'])('stops at the database what runs when its %s comes', async (how) => {
    const isDeadline = how === 'deadline';
    const stop = new AbortController();
    const running = run(
      { sql: `select sleep(60) as ${how}` },
      isDeadline ? { timeoutMs: 1_000 } : { signal: stop.signal },
    );
    const active = async () =>
      rowsOf(
        `select count(*) as many from information_schema.processlist where info like 'select sleep(60) as ${how}%'`,
      );
    await expect.poll(active, { interval: 50 }).toEqual([{ many: 1 }]);
    if (!isDeadline) stop.abort();
    expect(await running).toMatchObject({ error: { code: isDeadline ? 'timeout' : 'aborted' } });
    await expect.poll(active).toEqual([{ many: 0 }]);
  });

  it('never shows the password', async () => {
    const wrong = tries.vault['DB'];
    if (wrong)
      tries.vault['WRONG'] = {
        ...wrong,
        values: { ...wrong.values, password: 'canary-wrong' },
        secrets: ['canary-wrong'],
      };
    const refused = await run({ credential: 'WRONG', sql: 'select 1' });
    expect(refused).toMatchObject({ error: { code: 'database', retryable: false, details: { errno: 1045 } } });
    expect(JSON.stringify(refused)).not.toContain('canary');
  });
});
