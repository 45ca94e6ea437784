import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administer, createTestDatabase, silent, type TestDatabase } from '../../../testing/database.ts';
import { sql } from '../sql/sql.ts';
import { createDatabase } from './create-database.ts';
import { type As, defaultTenantId, type Tx } from './database.ts';
import { CommitUnknownError, DatabaseUnavailableError } from './errors.ts';

const owner: As = { role: 'owner' };
const app: As = { role: 'app', tenantId: defaultTenantId };
let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
  await test.database.transaction(owner, async (tx) => {
    await tx.execute(sql`create table counter (id int primary key, n int not null)`);
    await tx.execute(sql`insert into counter values (1, 0), (2, 0)`);
  });
});
afterAll(() => test.drop());

const read = async (id: number) =>
  (await test.database.query<{ n: number }>(owner, sql`select n from counter where id = ${id}`))[0]?.n;
const killAll = (name: string) =>
  administer(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(test.url).pathname.slice(1)}' and application_name = '${name}'`,
  );

describe('a transaction', () => {
  it('commits what its work wrote and returns what its work returned', async () => {
    const result = await test.database.transaction(owner, async (tx) => {
      await tx.execute(sql`insert into counter values (10, 7)`);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await read(10)).toBe(7);
  });

  it('rolls back when its work throws, and throws the same error', async () => {
    const error = new Error('no');
    const work = test.database.transaction(owner, async (tx) => {
      await tx.execute(sql`insert into counter values (11, 1)`);
      throw error;
    });
    await expect(work).rejects.toBe(error);
    expect(await read(11)).toBeUndefined();
  });

  it('runs all of its work again on a deadlock, so that no update is lost [F17]', async () => {
    const bothHoldOne = Promise.withResolvers<void>();
    let holding = 0;
    let runs = 0;
    const add = (first: number, second: number) =>
      test.database.transaction(owner, async (tx) => {
        runs += 1;
        await tx.execute(sql`update counter set n = n + 1 where id = ${first}`);
        holding += 1;
        if (holding === 2) bothHoldOne.resolve();
        await bothHoldOne.promise;
        await tx.execute(sql`update counter set n = n + 1 where id = ${second}`);
      });
    await Promise.all([add(1, 2), add(2, 1)]);
    expect([await read(1), await read(2)]).toEqual([2, 2]);
    expect(runs).toBe(3);
  });

  it('runs again when the connection is lost before COMMIT was sent, also where the work wrapped the error [F06]', async () => {
    let runs = 0;
    await test.database.transaction(owner, async (tx) => {
      runs += 1;
      await tx.execute(sql`insert into counter values (20, 1)`);
      if (runs === 1) await killAll('cloudflow');
      await tx.row(sql`select 1`).catch((cause: unknown) => {
        throw new Error('the store could not read', { cause });
      });
    });
    expect(runs).toBe(2);
    expect(await read(20)).toBe(1);
  });

  it('says that the outcome is unknown when the answer to COMMIT is lost, and does not repeat the work [F18]', async () => {
    let runs = 0;
    // A deferred trigger makes COMMIT itself slow, so that the connection can be cut while it runs.
    await test.database.transaction(owner, async (tx) => {
      await tx.execute(sql`create table slow_commit (id int)`);
      await tx.execute(
        sql`create function dawdle() returns trigger language plpgsql as 'begin perform pg_sleep(5); return null; end'`,
      );
      await tx.execute(
        sql`create constraint trigger dawdle after insert on slow_commit deferrable initially deferred for each row execute function dawdle()`,
      );
    });
    const cut = new AbortController();
    const work = test.database.transaction(
      owner,
      async (tx) => {
        runs += 1;
        await tx.execute(sql`insert into slow_commit values (1)`);
      },
      { signal: cut.signal },
    );
    await expect
      .poll(
        async () =>
          (
            await test.database.query(
              owner,
              sql`select 1 from pg_stat_activity where query = 'commit' and state = 'active'`,
            )
          ).length,
      )
      .toBe(1);
    cut.abort();
    await expect(work).rejects.toBeInstanceOf(CommitUnknownError);
    expect(runs).toBe(1);
  });

  it('does not pretend to have committed after the work swallowed the error of a statement', async () => {
    const work = test.database.transaction(owner, async (tx) => {
      await tx.execute(sql`insert into counter values (30, 1)`);
      await tx.execute(sql`insert into counter values (30, 1)`).catch(() => undefined);
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(await read(30)).toBeUndefined();
  });

  it('ends at its deadline, whether the database or the work is slow, and gives a usable connection to the next [F19]', async () => {
    const unavailable = { name: 'DatabaseUnavailableError', reason: 'deadline' };
    const inDatabase = test.database.transaction(owner, (tx) => tx.row(sql`select pg_sleep(30)`), { timeoutMs: 100 });
    await expect(inDatabase).rejects.toMatchObject(unavailable);
    const inWork = test.database.transaction(owner, () => new Promise(() => undefined), { timeoutMs: 100 });
    await expect(inWork).rejects.toMatchObject(unavailable);
    expect(await read(1)).toBeDefined();
  });

  it('ends at once when it is aborted, with the reason of the abort', async () => {
    const abort = new AbortController();
    const reason = new Error('the client went away');
    const started = Promise.withResolvers<void>();
    const work = test.database.transaction(
      owner,
      async (tx) => {
        await tx.execute(sql`insert into counter values (40, 1)`);
        started.resolve();
        await tx.row(sql`select pg_sleep(30)`);
      },
      { signal: abort.signal },
    );
    await started.promise;
    abort.abort(reason);
    await expect(work).rejects.toBe(reason);
    await expect(test.database.query(owner, sql`select 1`, { signal: abort.signal })).rejects.toBe(reason);
    expect(await read(40)).toBeUndefined();
  });

  it('waits for a lock for less than its time, and then is "unavailable" rather than stuck [F16]', async () => {
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const holder = test.database.transaction(owner, async (tx) => {
      await tx.execute(sql`lock table counter in access exclusive mode`);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    await expect(test.database.query(owner, sql`select n from counter`, { timeoutMs: 500 })).rejects.toMatchObject({
      reason: 'locked',
    });
    release.resolve();
    await holder;
  });

  it('refuses writes when it is read-only, as every single read is', async () => {
    const write = sql`insert into counter values (50, 1)`;
    await expect(test.database.transaction(owner, (tx) => tx.execute(write), { readOnly: true })).rejects.toMatchObject(
      { code: '25006' },
    );
    await expect(test.database.query(owner, write)).rejects.toMatchObject({ code: '25006' });
  });

  it('refuses a statement that comes after its end', async () => {
    const tx = await test.database.transaction(owner, async (tx) => tx);
    await expect(tx.execute(sql`insert into counter values (60, 1)`)).rejects.toThrow('over');
  });

  it('refuses a tenant id that is none before anything is sent', async () => {
    await expect(
      test.database.query({ role: 'app', tenantId: `'; drop table counter; --` }, sql`select 1`),
    ).rejects.toThrow('expected a tenant id');
    expect(await read(1)).toBeDefined();
  });
});

describe('the pool', () => {
  it('serves 200 callers on two connections [F15]', async () => {
    const database = createDatabase({ url: test.url, poolSize: 2, log: silent });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) => database.query<{ n: number }>(app, sql`select ${n}::int as n`)),
    );
    expect(answers.map(([row]) => row?.n)).toEqual(Array.from({ length: 200 }, (_, n) => n));
    await database.close();
  });

  it('refuses more waiting callers than it can serve soon, instead of queueing without end [F15]', async () => {
    const database = createDatabase({ url: test.url, poolSize: 1, log: silent });
    const release = Promise.withResolvers<void>();
    const callers = Array.from({ length: 110 }, () =>
      database
        .transaction(app, () => release.promise)
        .then(
          () => 'served',
          (error: unknown) => error,
        ),
    );
    const refused = await Promise.race(callers);
    expect(refused).toBeInstanceOf(DatabaseUnavailableError);
    expect(refused).toMatchObject({ reason: 'pool_full' });
    release.resolve();
    const all = await Promise.all(callers);
    expect(all.filter((outcome) => outcome === 'served').length).toBeGreaterThanOrEqual(100);
    await database.close();
  });

  it('says "unreachable" in bounded time when there is no server', async () => {
    const database = createDatabase({ url: 'postgresql://nobody@127.0.0.1:1/none', poolSize: 1, log: silent });
    await expect(database.query(app, sql`select 1`, { timeoutMs: 5_000 })).rejects.toMatchObject({
      reason: 'unreachable',
    });
    await database.close();
  });

  it('never carries tenant or role over to another transaction, also after errors, rollbacks and timeouts [S047]', async () => {
    const database = createDatabase({ url: test.url, poolSize: 1, log: silent });
    const who = sql`select current_setting('app.tenant', true) as tenant, current_user::text as role, current_setting('app.api_key_hash', true) as hash`;
    const tenants = Array.from({ length: 20 }, (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);
    const bare = { tenant: '', role: 'cloudflow', hash: '' };
    const call = async (n: number): Promise<boolean> => {
      const tenantId = tenants[n % tenants.length] ?? '';
      const as: As = n % 7 === 0 ? { role: 'engine' } : { role: 'app', tenantId };
      const work = async (tx: Tx) => {
        const seen = await tx.rows(who);
        if (n % 5 === 0) await tx.row(sql`select 1 / 0`);
        if (n % 11 === 0) throw new Error('rolled back');
        if (n % 401 === 0) await tx.row(sql`select pg_sleep(30)`);
        return seen;
      };
      const options = n % 401 === 0 ? { timeoutMs: 100 } : {};
      const seen = await (n % 3 === 0 ? database.query(as, who) : database.transaction(as, work, options)).catch(
        () => undefined,
      );
      const role = as.role === 'engine' ? 'cloudflow_engine' : 'cloudflow_app';
      if (seen !== undefined) expect(seen).toEqual([{ ...bare, role, tenant: as.role === 'engine' ? '' : tenantId }]);
      return seen !== undefined;
    };
    let answered = 0;
    for (let n = 1; n <= 10_000; n += 80) {
      const batch = Array.from({ length: 80 }, (_, i) => call(n + i));
      answered += (await Promise.all(batch)).filter(Boolean).length;
    }
    expect(answered).toBeGreaterThan(7_000);
    expect(await database.query(owner, who)).toEqual([bare]);
    await database.close();
  }, 60_000);
});

describe('values', () => {
  it('are parameters, whatever they hold, and int8 comes back as bigint', async () => {
    const text = `'; drop table counter; -- "$1" \\`;
    const [row] = await test.database.query(
      app,
      sql`
      select ${text}::text as text, ${9007199254740993n}::int8 as big, ${[1n, 2n]}::int8[] as bigs, ${Buffer.from('ab', 'hex')}::bytea as bytes`,
    );
    expect(row).toEqual({ text, big: 9007199254740993n, bigs: [1n, 2n], bytes: Buffer.from('ab', 'hex') });
  });
});

describe('a direct connection', () => {
  it('is a session of the engine, named after its purpose', async () => {
    const client = await test.database.connectDirect('lane');
    const { rows } = await client.query(
      `select current_user::text as role, current_setting('application_name') as name`,
    );
    expect(rows).toEqual([{ role: 'cloudflow_engine', name: 'cloudflow lane' }]);
    await client.end();
  });

  it('fails its queries when it is lost, and does not end the process [F06]', async () => {
    const client = await test.database.connectDirect('lease');
    const slow = client.query('select pg_sleep(30)').catch((error: unknown) => error);
    await killAll('cloudflow lease');
    expect(await slow).toBeInstanceOf(Error);
    await client.end();
  });
});

it('reports the version of the server', async () => {
  expect((await test.database.ping()).serverVersion).toBeGreaterThanOrEqual(15);
});
