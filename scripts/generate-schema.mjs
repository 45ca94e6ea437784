/** Writes docs/reference/schema.sql: what the migrations add up to, read from a database that they have made. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbeddedPostgres } from '../packages/server/src/kernel/embedded-postgres/embedded-postgres.ts';
import { describeSchema } from '../packages/server/src/kernel/migrate/describe-schema.ts';
import { migrate } from '../packages/server/src/kernel/migrate/migrate.ts';

const target = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs/reference/schema.sql');
const quiet = { info() {}, warn: console.warn, error: console.error };
const dataDir = mkdtempSync(join(tmpdir(), 'cloudflow-schema-'));
const server = await startEmbeddedPostgres({ dataDir, log: quiet, progress() {}, settings: { fsync: 'off' } });
try {
  await migrate({ url: server.url, log: quiet, progress() {} });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const head =
    '-- Printed by `npm run generate` from packages/server/migrations: what they add up to. Not run by anything.\n\n';
  writeFileSync(target, head + (await describeSchema(client)));
  await client.end();
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
