/**
 * One PostgreSQL for a run of database tests: the embedded one, in a temporary folder, with a migrated database that the
 * test files clone. Set up by Vitest before the first file; `database.ts` hands out the clones.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { DatabaseLog } from '../src/kernel/db/database.ts';
import { startEmbeddedPostgres } from '../src/kernel/embedded-postgres/embedded-postgres.ts';
import { migrate } from '../src/kernel/migrate/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the migrated template; tests connect to clones of it. */
    readonly templateUrl: string;
  }
}

/** Tests lose their data on a power cut, and nothing else. `launcher.db.test.ts` runs servers of its own with the real settings. */
const fastSettings = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  idle_in_transaction_session_timeout: '0',
};

// biome-ignore lint/style/noDefaultExport: Vitest asks for it.
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cloudflow-test-'));
  const progress = () => undefined;
  const server = await startEmbeddedPostgres({ dataDir, log: quiet, progress, settings: fastSettings });
  await migrate({ url: server.url, log: quiet, progress });
  project.provide('templateUrl', server.url);
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

/** Only what went wrong. */
const print = (details: object, message: string) =>
  void process.stderr.write(`${message} ${JSON.stringify(details)}\n`);
const quiet: DatabaseLog = { info: () => undefined, warn: print, error: print };
