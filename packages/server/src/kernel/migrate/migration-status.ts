/** Whether the database has the schema of this release: asked by /readyz. */
import type { Database } from '../db/database.ts';
import { errorCode } from '../db/errors.ts';
import { sql } from '../sql/sql.ts';
import { type AppliedMigration, checkHistory } from './history.ts';
import { readMigrations } from './migration-files.ts';

export type MigrationStatus =
  | { readonly kind: 'current' }
  | { readonly kind: 'pending'; readonly names: readonly string[] }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Throws `DatabaseUnavailableError` when it cannot be asked. */
export async function migrationStatus(database: Database): Promise<MigrationStatus> {
  const files = readMigrations();
  try {
    const applied = await database.query<AppliedMigration>(
      { role: 'owner' },
      sql`select number, name, checksum, finished_at is not null as finished from schema_migrations order by number`,
      { timeoutMs: 2_000 },
    );
    const names = checkHistory(files, applied).map(({ name }) => name);
    return names.length === 0 ? { kind: 'current' } : { kind: 'pending', names };
  } catch (error) {
    if (errorCode(error) === '42P01') return { kind: 'pending', names: files.map(({ name }) => name) };
    if (error instanceof Error && error.name === 'SchemaMismatchError')
      return { kind: 'unusable', reason: error.message };
    throw error;
  }
}
