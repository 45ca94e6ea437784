/** A database of its own for a test file: a clone of the migrated template of this run's PostgreSQL. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createDatabase, type DatabaseOptions } from '../src/kernel/db/create-database.ts';
import type { Database, DatabaseLog } from '../src/kernel/db/database.ts';

export type TestDatabase = {
  /** As the superuser, who owns everything in it. */
  readonly url: string;
  readonly database: Database;
  /** Closes the connections and drops the database. */
  drop(): Promise<void>;
};

/** About 0.1 s: once per file, in `beforeAll`. `empty`: without any table, for tests of the migrations themselves. */
export async function createTestDatabase(
  options: { readonly empty?: boolean } & Partial<Pick<DatabaseOptions, 'poolSize' | 'log'>> = {},
): Promise<TestDatabase> {
  const template = new URL(inject('templateUrl'));
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const source = options.empty ? 'template0' : template.pathname.slice(1);
  await administer(`create database ${name} template ${source} strategy file_copy`);
  const url = urlOf(name);
  const database = createDatabase({ url, poolSize: options.poolSize ?? 5, log: options.log ?? silent });
  return {
    url,
    database,
    async drop() {
      await database.close();
      await administer(`drop database if exists ${name} with (force)`);
    },
  };
}

/** Runs one statement on the server, in its database `postgres`. */
export async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf('postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  const url = new URL(inject('templateUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

/** What a test provokes is not news. */
export const silent: DatabaseLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
