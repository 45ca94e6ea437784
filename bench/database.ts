/** A PostgreSQL of the benchmark's own: real, fsync on, migrated, thrown away afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../packages/server/src/kernel/embedded-postgres/embedded-postgres.ts';
import { silentLog } from '../packages/server/src/kernel/log/log.ts';
import { migrate } from '../packages/server/src/kernel/migrate/migrate.ts';

export type BenchDatabase = {
  readonly url: string;
  /** Bytes of write-ahead log so far. */
  wal(): Promise<bigint>;
  /** Executions that have not ended. */
  unfinished(): Promise<number>;
  /** One statement, as the owner of the database. */
  query<Row>(text: string): Promise<Row[]>;
  /** So that one measurement does not pay for the checkpoint of another. */
  checkpoint(): Promise<void>;
  stop(): Promise<void>;
};

export async function startBenchDatabase(): Promise<BenchDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cloudflow-bench-'));
  const progress = (): void => undefined;
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog, progress });
  await migrate({ url: server.url, log: silentLog, progress });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  return {
    url: server.url,
    async wal() {
      const { rows } = await client.query<{ bytes: string }>(
        `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as bytes`,
      );
      return BigInt(rows[0]?.bytes ?? 0);
    },
    async unfinished() {
      const { rows } = await client.query<{ n: number }>(
        'select count(*)::int as n from workflow_executions where finished_at is null',
      );
      return rows[0]?.n ?? 0;
    },
    query: async <Row>(text: string) => (await client.query(text)).rows as Row[],
    async checkpoint() {
      await client.query('checkpoint');
    },
    async stop() {
      await client.end();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
