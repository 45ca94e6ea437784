/**
 * Brings the database to the schema of this release: forward only, each file once, whoever starts at the same time.
 *
 * One starter at a time holds an advisory lock of the session, which PostgreSQL gives free when the starter dies; the
 * others ask again and then find everything done. A file and its row in `schema_migrations` are one transaction, so a kill
 * in between leaves neither.
 */

import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { connectPatiently } from '../db/connect-patiently.ts';
import { assertSupported } from '../db/create-database.ts';
import type { DatabaseLog } from '../db/database.ts';
import { errorCode } from '../db/errors.ts';
import { ensurePartitions } from '../db/partitions.ts';
import { type AppliedMigration, checkHistory } from './history.ts';
import { type MigrationFile, readMigrations } from './migration-files.ts';
import { ensureRoles } from './roles.ts';

export type MigrateOptions = {
  /** Reaches the server itself, not through a pooler, as the user who owns the schema. */
  readonly url: string;
  readonly log: DatabaseLog;
  readonly progress: (message: string) => void;
  /** Where the files are; the product's own by default. */
  readonly folder?: string;
  /** How long to wait for another starter. Default 5 minutes. */
  readonly waitMs?: number;
};

export type MigrateResult = { readonly applied: readonly string[] };

/** Any number, the same in every release: who migrates this database holds it. */
const advisoryLock = '7305208846921174';
const lockTimeoutMs = 2_000;
const lockTries = 30;
/** Longer than a recovery after a crash or the start of a container takes as a rule, and short enough for who has mistyped an address. */
const patience = { forMs: 15_000, everyMs: 250 };

export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const files = readMigrations(options.folder);
  const client = await connectPatiently(() => connect(options), { ...patience, progress: options.progress });
  try {
    assertSupported(await serverVersion(client));
    await waitForTurn(client, options);
    await ensureRoles(client);
    const applied = await applyPending(client, files, options);
    if (options.folder === undefined) await ensurePartitions(client);
    return { applied };
  } finally {
    await client.end(); // ends the session and with it the lock
  }
}

/** A client that was refused is of no use any more: each try has its own. */
async function connect(options: MigrateOptions): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'cloudflow migrate',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  client.on('error', (error) => options.log.warn({ err: error }, 'the connection of the migrations was lost'));
  await client.connect();
  return client;
}

async function serverVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::int / 10000 as version`,
  );
  return rows[0]?.version ?? 0;
}

/** Asks again and again instead of waiting in a statement, whose snapshot would hold up `create index concurrently` of the one who has the lock. */
async function waitForTurn(client: pg.Client, options: MigrateOptions): Promise<void> {
  const until = performance.now() + (options.waitMs ?? 5 * 60_000);
  for (let told = false; ; told = true) {
    const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_lock(${advisoryLock}) as mine`);
    if (rows[0]?.mine) return;
    if (performance.now() > until)
      throw new Error(
        'another process has been migrating this database for too long: see what it waits for in pg_stat_activity (application "cloudflow migrate")',
      );
    if (!told) options.progress('waiting for another process that migrates the database');
    await delay(100);
  }
}

async function applyPending(
  client: pg.Client,
  files: readonly MigrationFile[],
  options: MigrateOptions,
): Promise<readonly string[]> {
  await client.query(
    `create table if not exists schema_migrations (
       number integer primary key, name text not null, checksum text not null,
       started_at timestamptz not null default now(), finished_at timestamptz)`,
  );
  const { rows } = await client.query<AppliedMigration>(
    'select number, name, checksum, finished_at is not null as finished from schema_migrations order by number',
  );
  const pending = checkHistory(files, rows);
  for (const file of pending) {
    options.progress(`updating the database: ${file.name}`);
    const started = performance.now();
    await (file.inTransaction ? applyInTransaction(client, file) : applyAlone(client, file));
    options.log.info({ migration: file.name, ms: Math.round(performance.now() - started) }, 'applied a migration');
  }
  return pending.map(({ name }) => name);
}

/** Its own row comes first: should two ever get here together, one of them waits at the key and then fails, having done nothing. */
async function applyInTransaction(client: pg.Client, file: MigrationFile): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query('begin');
      // Behind a long transaction our lock would make everybody queue: give way and come again.
      await client.query(`set local lock_timeout = ${lockTimeoutMs}`);
      await client.query(
        'insert into schema_migrations (number, name, checksum, finished_at) values ($1, $2, $3, now())',
        [file.number, file.name, file.checksum],
      );
      await client.query(file.text);
      await client.query('commit');
      return;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      if (errorCode(error) !== '55P03' || attempt >= lockTries) throw failed(file, error);
      await delay(1_000);
    }
  }
}

/** Noted as begun, run, noted as done: a kill in between runs it again, so such a file must bear that (`if not exists`). */
async function applyAlone(client: pg.Client, file: MigrationFile): Promise<void> {
  await client.query(
    'insert into schema_migrations (number, name, checksum) values ($1, $2, $3) on conflict (number) do nothing',
    [file.number, file.name, file.checksum],
  );
  try {
    await client.query(file.text);
  } catch (error) {
    throw failed(file, error);
  }
  await client.query('update schema_migrations set finished_at = now() where number = $1', [file.number]);
}

function failed(file: MigrationFile, cause: unknown): Error {
  return new Error(`migration ${file.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}
