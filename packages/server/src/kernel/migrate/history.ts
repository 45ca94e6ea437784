/** Compares what a database has with what this release knows. */
import type { MigrationFile } from './migration-files.ts';

export type AppliedMigration = {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
};

/** The database cannot be used by this release. The message says why and what to do. */
export class SchemaMismatchError extends Error {
  override readonly name = 'SchemaMismatchError';
}

/** What is still to be applied. Throws when a newer release was here, or when an applied file is not what it was. */
export function checkHistory(
  files: readonly MigrationFile[],
  applied: readonly AppliedMigration[],
): readonly MigrationFile[] {
  const byNumber = new Map(applied.map((row) => [row.number, row]));
  const newest = applied.at(-1);
  if (newest !== undefined && newest.number > (files.at(-1)?.number ?? 0)) {
    throw new SchemaMismatchError(
      `the database is newer than this CloudFlow: it has migration ${newest.name}, but this release ends at ${files.at(-1)?.name ?? 'none'}; start the newer release, or restore a backup from before it`,
    );
  }
  return files.filter((file) => {
    const row = byNumber.get(file.number);
    if (row === undefined) return true;
    if (row.checksum !== file.checksum) throw edited(file, row);
    return !row.finished;
  });
}

function edited(file: MigrationFile, row: AppliedMigration): SchemaMismatchError {
  return new SchemaMismatchError(
    `migration ${file.name} is not what was applied to this database as ${row.name}: an applied migration is never edited; put the file back as it was (git log -- packages/server/migrations/${file.name}) and add a new one`,
  );
}
