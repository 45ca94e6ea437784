import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { administer, createTestDatabase, silent, type TestDatabase } from '../../../testing/database.ts';
import { createDatabase } from '../db/create-database.ts';
import type { As } from '../db/database.ts';
import { sql } from '../sql/sql.ts';
import { migrate } from './migrate.ts';
import { migrationsFolder, readMigrations } from './migration-files.ts';
import { migrationStatus } from './migration-status.ts';

const owner: As = { role: 'owner' };
const head = '-- Why: a test.\n-- Runs in: no time. Safe while the old version runs: yes.\n';
let test: TestDatabase;
let folder: string;

beforeEach(async () => {
  test = await createTestDatabase({ empty: true });
  folder = mkdtempSync(join(tmpdir(), 'cloudflow-migrations-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await test.drop();
});

const write = (name: string, text: string) => writeFileSync(join(folder, name), head + text);
const run = (options: { folder?: string; waitMs?: number } = { folder }) =>
  migrate({ url: test.url, log: silent, progress: () => undefined, ...options });
const tables = async () =>
  (
    await test.database.query<{ t: string }>(
      owner,
      sql`select relname as t from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
    )
  ).map(({ t }) => t);

describe('migrate', () => {
  it('applies each file once, in order, and tells what it applied', async () => {
    write('0001_a.sql', 'create table a (id int);');
    write('0002_b.sql', 'alter table a rename to b;');
    expect((await run()).applied).toEqual(['0001_a.sql', '0002_b.sql']);
    expect((await run()).applied).toEqual([]);
    expect(await tables()).toEqual(['b', 'schema_migrations']);
  });

  it('applies once when several processes start together [F30]', async () => {
    const results = await Promise.all([run({}), run({}), run({})]);
    expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, 0, readMigrations().length]);
    expect(await migrationStatus(test.database)).toEqual({ kind: 'current' });
  });

  it('leaves nothing of a file that fails, and goes on from there when it is run again [F30]', async () => {
    write('0001_a.sql', 'create table a (id int);');
    write('0002_b.sql', 'create table b (id int); select 1 / 0;');
    await expect(run()).rejects.toThrow('0002_b.sql failed: division by zero');
    expect(await tables()).toEqual(['a', 'schema_migrations']);
    write('0002_b.sql', 'create table b (id int);');
    expect((await run()).applied).toEqual(['0002_b.sql']);
  });

  it('applies nothing of a file when its process is killed in the middle, and all of it the next time [F30]', async () => {
    write('0001_a.sql', 'create table a (id int); select pg_sleep(30);');
    const killed = run().catch((error: unknown) => error);
    await expect
      .poll(
        async () =>
          (
            await test.database.query(
              owner,
              sql`select from pg_stat_activity where query like '%pg_sleep(30)%' and pid <> pg_backend_pid() and datname = current_database()`,
            )
          ).length,
      )
      .toBe(1);
    await administer(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cloudflow migrate' and datname = '${new URL(test.url).pathname.slice(1)}'`,
    );
    expect(await killed).toBeInstanceOf(Error);
    expect(await tables()).toEqual(['schema_migrations']);
    write('0001_a.sql', 'create table a (id int);');
    expect((await run()).applied).toEqual(['0001_a.sql']);
  });

  it('runs a file outside a transaction when it says so', async () => {
    write('0001_a.sql', 'create table a (id int);');
    write('0002_index.sql', '-- no transaction\ncreate index concurrently if not exists a_id on a (id);');
    expect((await run()).applied).toEqual(['0001_a.sql', '0002_index.sql']);
    await test.database.transaction(owner, (tx) =>
      tx.execute(sql`update schema_migrations set finished_at = null where number = 2`),
    );
    expect((await run()).applied).toEqual(['0002_index.sql']); // as after a kill in the middle
  });

  it('refuses a database that a newer release has migrated, and says so [F31]', async () => {
    write('0001_a.sql', 'create table a (id int);');
    write('0002_b.sql', 'create table b (id int);');
    await run();
    rmSync(join(folder, '0002_b.sql'));
    await expect(run()).rejects.toThrow('the database is newer than this CloudFlow: it has migration 0002_b.sql');
  });

  it('refuses a file that was edited after it was applied', async () => {
    write('0001_a.sql', 'create table a (id int);');
    await run();
    write('0001_a.sql', 'create table a (id bigint);');
    await expect(run()).rejects.toThrow('0001_a.sql is not what was applied');
  });

  it('does not mind the line ends of the checkout', async () => {
    write('0001_a.sql', 'create table a (id int);\n');
    await run();
    writeFileSync(join(folder, '0001_a.sql'), `${head}create table a (id int);\n`.replaceAll('\n', '\r\n'));
    expect((await run()).applied).toEqual([]);
  });

  it('waits for a bounded time for another one that migrates', async () => {
    write('0001_a.sql', 'create table a (id int); select pg_sleep(30);');
    const first = run().catch((error: unknown) => error);
    await expect
      .poll(
        async () =>
          (
            await test.database.query(
              owner,
              sql`select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
            )
          ).length,
      )
      .toBe(1);
    await expect(run({ folder, waitMs: 200 })).rejects.toThrow('another process has been migrating');
    await administer(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cloudflow migrate' and datname = '${new URL(test.url).pathname.slice(1)}'`,
    );
    await first;
  });
});

describe('the files', () => {
  it('must say why they are there and how long they run', () => {
    writeFileSync(join(folder, '0001_a.sql'), 'create table a (id int);');
    expect(() => readMigrations(folder)).toThrow('must begin with the lines');
  });

  it('have a number each; one that came late is applied when it is there', async () => {
    write('0001_a.sql', 'create table a (id int);');
    write('0003_c.sql', 'create table c (id int);');
    await run();
    write('0002_b.sql', 'create table b (id int);');
    expect(await run()).toEqual({ applied: ['0002_b.sql'] });
    write('0003_d.sql', '');
    expect(() => readMigrations(folder)).toThrow('0003_c.sql and 0003_d.sql have the same number');
  });
});

describe('the status', () => {
  it('names what is missing, and refuses what is newer', async () => {
    expect(await migrationStatus(test.database)).toEqual({
      kind: 'pending',
      names: readMigrations().map(({ name }) => name),
    });
    for (const name of readdirSync(migrationsFolder)) copyFileSync(join(migrationsFolder, name), join(folder, name));
    write(
      `${String((readMigrations().at(-1)?.number ?? 0) + 1).padStart(4, '0')}_later.sql`,
      'create table later (id int);',
    );
    await run();
    expect(await migrationStatus(test.database)).toMatchObject({ kind: 'unusable' });
  });
});

describe('an ordinary user as the owner of the database', () => {
  const user = `owner_${randomUUID().replaceAll('-', '')}`;
  beforeAll(() => administer(`create role ${user} login createrole`));
  afterAll(() => administer(`drop role ${user}`));

  it('migrates, works under both roles, and sees every row in its own name', async () => {
    const name = new URL(test.url).pathname.slice(1);
    await administer(`grant cloudflow_app, cloudflow_engine to ${user}`);
    await administer(`alter database ${name} owner to ${user}`);
    const url = new URL(test.url);
    url.username = user;
    await migrate({ url: url.href, log: silent, progress: () => undefined });
    const database = createDatabase({ url: url.href, poolSize: 1, log: silent });
    expect(await database.query(owner, sql`select slug from tenants`)).toEqual([{ slug: 'default' }]);
    expect(await database.query({ role: 'app', tenantId: randomUUID() }, sql`select slug from tenants`)).toEqual([]);
    expect(await database.query({ role: 'engine' }, sql`select count(*)::int as n from shards`)).toEqual([{ n: 256 }]);
    await database.close();
    await test.drop();
  });
});
