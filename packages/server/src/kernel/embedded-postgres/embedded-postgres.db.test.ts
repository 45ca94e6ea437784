/** Servers of their own, with the real settings: what is acknowledged here must survive whatever is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silent } from '../../../testing/database.ts';
import { createDatabase } from '../db/create-database.ts';
import type { As, Database } from '../db/database.ts';
import { sql } from '../sql/sql.ts';
import { clusterArgument } from './cluster.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { accountFor, canReach } from './run-as.ts';
import { makeSocketDirectory } from './socket-directory.ts';

const program = fileURLToPath(new URL('../../../testing/run-embedded-postgres.ts', import.meta.url));
const owner: As = { role: 'owner' };
let dataDir: string;
let ends: (() => Promise<unknown>)[];

beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'cloudflow launcher, ')), 'data directory');
  ends = [];
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  rmSync(join(dataDir, '..'), { recursive: true, force: true });
}, 30_000);

async function start(options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: silent, progress: () => undefined, ...options });
  ends.push(server.stop);
  return server;
}

function connect(url: string): Database {
  const database = createDatabase({ url, poolSize: 4, log: silent });
  ends.push(database.close);
  return database;
}

type Line = { readonly ready?: boolean; readonly url?: string; readonly pid?: number; readonly error?: string };
/** Another process that runs the server on the same directory; resolves with its first line that says how it went. */
async function startElsewhere(): Promise<{
  readonly child: ChildProcess;
  readonly line: Line;
  readonly exited: Promise<unknown>;
}> {
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  ends.push(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.ready || line.error) return { child, line, exited };
  }
  throw new Error('the process ended without a word');
}

/** A dead process that nobody has waited for has no program any more. */
const alive = (pid: number) => existsSync(`/proc/${pid}/exe`);

/** Writes one row after the other until `stopped`; what is returned was acknowledged. */
async function writeUntil(database: Database, stopped: () => boolean): Promise<number[]> {
  const acknowledged: number[] = [];
  for (let n = 1; !stopped(); n += 1) {
    const done = await database
      .transaction(owner, (tx) => tx.execute(sql`insert into written values (${n}) on conflict do nothing`))
      .catch(() => 0);
    if (done === 1) acknowledged.push(n);
  }
  return acknowledged;
}

const rows = async (database: Database) =>
  (await database.query<{ n: number }>(owner, sql`select n from written order by n`)).map(({ n }) => n);
const createTable = (database: Database) =>
  database.transaction(owner, (tx) => tx.execute(sql`create table written (n int primary key)`));

describe('the embedded PostgreSQL', () => {
  it('creates its database in a path with spaces and commas, keeps it over a restart, and listens on no port', async () => {
    const first = await start();
    expect(first.freshBoot).toBe(true);
    const database = connect(first.url);
    await createTable(database);
    const settings = await database.query<{ name: string; setting: string }>(
      owner,
      sql`select name, setting from pg_settings where name in ('fsync', 'listen_addresses', 'data_checksums', 'synchronous_commit') order by name`,
    );
    expect(settings.map(({ setting }) => setting)).toEqual(['on', 'on', '', 'on']);
    expect((statSync(first.socketDir ?? '').mode & 0o777).toString(8)).toBe('700');
    await database.close();
    await first.stop();
    expect(alive(first.pid())).toBe(false);
    const second = await start();
    expect(second.freshBoot).toBe(false);
    expect(await rows(connect(second.url))).toEqual([]);
  });

  it('refuses a second start on the same directory with one line that names the process [F30]', async () => {
    await start();
    const { line } = await startElsewhere();
    expect(line.error).toBe(
      `Process ${process.pid} is already running CloudFlow on ${dataDir}: stop it (kill ${process.pid}), or choose another directory with CLOUDFLOW_DATA_DIR`,
    );
  });

  it('is not stopped by a lock file or a postmaster.pid whose process number is another program by now', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(dataDir, 'cloudflow.pid'), `${process.pid}\n`);
    // Our own parent: it lives, may be signalled, and is no PostgreSQL.
    writeFileSync(
      join(dataDir, 'postgres', 'postmaster.pid'),
      `${process.ppid}\n${dataDir}/postgres\n1\n5432\n/nowhere\n\n0 0\nready\n`,
    );
    const second = await start();
    expect(alive(process.ppid)).toBe(true);
    expect((await connect(second.url).ping()).serverVersion).toBe(18);
  });

  it('comes back after kill -9 of the server with every acknowledged row [F06]', async () => {
    const exits: boolean[] = [];
    const server = await start({ onExit: ({ restarting }) => exits.push(restarting) });
    const database = connect(server.url);
    await createTable(database);
    let stop = false;
    const writing = writeUntil(database, () => stop);
    for (let kill = 0; kill < 3; kill += 1) {
      const pid = server.pid();
      const before = (await rows(database)).length;
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => server.pid() !== pid && exits.length === kill + 1, { timeout: 10_000 }).toBe(true);
      await expect
        .poll(async () => (await rows(database).catch(() => [])).length, { timeout: 10_000 })
        .toBeGreaterThan(before);
    }
    stop = true;
    const acknowledged = await writing;
    expect(exits).toEqual([true, true, true]);
    expect(await rows(database)).toEqual(expect.arrayContaining(acknowledged));
  }, 60_000);

  it('comes back after kill -9 of a backend', async () => {
    const server = await start();
    const database = connect(server.url);
    const [backend] = await database.query<{ pid: number }>(owner, sql`select pg_backend_pid() as pid`);
    process.kill(backend?.pid ?? 0, 'SIGKILL');
    await expect
      .poll(() => database.query(owner, sql`select 1 as one`).catch(() => []), { timeout: 10_000 })
      .toEqual([{ one: 1 }]);
  });

  it('starts after kill -9 of the process that ran it, with every acknowledged row, and leaves one server [F06]', async () => {
    const { child, line, exited } = await startElsewhere();
    const database = connect(line.url ?? '');
    await createTable(database);
    let stop = false;
    const writing = writeUntil(database, () => stop);
    await expect.poll(async () => (await rows(database)).length).toBeGreaterThan(20);
    child.kill('SIGKILL');
    await exited;
    const server = await start();
    stop = true;
    const acknowledged = await writing;
    expect(alive(line.pid ?? 0)).toBe(false);
    expect(await rows(connect(server.url))).toEqual(expect.arrayContaining(acknowledged));
  }, 30_000);

  it('ends the backends of a server that was killed together with the process that ran it [F06]', async () => {
    const { child, line, exited } = await startElsewhere();
    const busy = connect(line.url ?? '')
      .query(owner, sql`select count(*) from generate_series(1, 1000000000)`, { timeoutMs: 60_000, attempts: 1 })
      .catch(() => undefined);
    const watcher = connect(line.url ?? '');
    const backend = async () =>
      (
        await watcher.query<{ pid: number }>(
          owner,
          sql`select pid from pg_stat_activity where query like 'select count(*) from generate_series%' and state = 'active'`,
        )
      )[0]?.pid;
    await expect.poll(backend).toBeDefined();
    const pid = (await backend()) ?? 0;
    child.kill('SIGSTOP'); // so that it does not start a new server in between
    process.kill(line.pid ?? 0, 'SIGKILL');
    child.kill('SIGKILL');
    await exited;
    expect(alive(pid)).toBe(true); // it computes, and has not noticed
    const server = await start();
    expect(alive(pid)).toBe(false);
    expect((await connect(server.url).ping()).serverVersion).toBe(18);
    await busy;
  }, 30_000);

  it('stops its server on SIGTERM and then gives the directory free', async () => {
    const { child, line, exited } = await startElsewhere();
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(alive(line.pid ?? 0)).toBe(false);
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toContain('database system is shut down');
    expect((await start()).freshBoot).toBe(false);
  });

  it('says what PostgreSQL said when it does not start', async () => {
    await (await start()).stop();
    await expect(start({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
      'invalid value for parameter "shared_buffers"',
    );
    expect((await start()).freshBoot).toBe(false);
  });

  it('begins again when a creation was cut short', async () => {
    await (await start()).stop();
    rmSync(join(dataDir, 'postgres', 'PG_VERSION'));
    await expect(start()).rejects.toThrow();
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    expect((await start()).freshBoot).toBe(true);
    // Two clusters are made, one start fails: seconds on a quiet machine.
  }, 90_000);
});

describe.runIf(process.getuid?.() === 0)('started by root', () => {
  it('runs as a user that is not root, also in a directory that only root may enter', async () => {
    const server = await start();
    expect(canReach(accountFor(undefined), join(dataDir, 'postgres'))).toBe(false);
    expect(statSync(`/proc/${server.pid()}`).uid).toBe(accountFor(undefined)?.uid);
    expect(statSync(`/proc/${server.pid()}`).uid).not.toBe(0);
  });

  it('goes on as the user whose database it is', async () => {
    await (await start()).stop();
    const nobody = { uid: 65534, gid: 65534 };
    const cluster = join(dataDir, 'postgres');
    const chown = spawn('chown', ['-R', `${nobody.uid}:${nobody.gid}`, cluster]);
    await new Promise((resolve) => chown.once('exit', resolve));
    const server = await start();
    expect(statSync(`/proc/${server.pid()}`).uid).toBe(nobody.uid);
  });

  it('names the cluster by its path where the user can reach it', () => {
    const account = accountFor(undefined);
    expect(clusterArgument({ path: '/tmp/x', account })).toBe('/tmp/x');
    expect(clusterArgument({ path: join(dataDir, 'x'), account: undefined })).toBe(join(dataDir, 'x'));
  });

  it('leaves no directory for its socket behind when it stops, after a kill, and when it cannot start', async () => {
    const socketDir = makeSocketDirectory(join(dataDir, '..'), accountFor(undefined));
    rmSync(socketDir, { recursive: true });
    const options = { dataDir: join(dataDir, '..') };
    await expect(start({ ...options, settings: { shared_buffers: 'nonsense' } })).rejects.toThrow();
    expect(existsSync(socketDir)).toBe(false);
    const killed = await start(options);
    expect(killed.socketDir).toBe(socketDir);
    process.kill(killed.pid(), 'SIGKILL');
    await killed.stop();
    expect(existsSync(socketDir)).toBe(false);
  });

  it('puts no socket into a folder that somebody else has prepared', async () => {
    const server = await start();
    const socketDir = server.socketDir ?? '';
    await server.stop();
    mkdirSync(socketDir);
    chownSync(socketDir, 65534, 65534);
    expect(() => makeSocketDirectory(dataDir, accountFor(undefined))).toThrow('belongs to somebody else');
    rmSync(socketDir, { recursive: true });
  });
});
