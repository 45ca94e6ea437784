/** The migrations as files: numbered, in order, each with its two head lines. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type MigrationFile = {
  readonly number: number;
  /** The file's name. */
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text, whatever the line ends of the checkout. */
  readonly checksum: string;
  /** False for `-- no transaction`: one statement that PostgreSQL refuses inside one, such as `create index concurrently`. */
  readonly inTransaction: boolean;
};

export const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url));

export function readMigrations(folder: string = migrationsFolder): readonly MigrationFile[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => parse(name, readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')));
  // A number that is not there may be of a change that is still under way elsewhere; one that is there twice is a mistake.
  files.forEach((file, index) => {
    const before = files[index - 1];
    if (before?.number === file.number)
      throw new Error(`${before.name} and ${file.name} have the same number: give the newer one the next that is free`);
  });
  return files;
}

function parse(name: string, text: string): MigrationFile {
  const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
  if (number === undefined)
    throw new Error(`expected a migration to be named like 0007_approval.sql, but found ${name}`);
  const [why = '', runsIn = ''] = text.split('\n');
  if (!why.startsWith('-- Why: ') || !runsIn.startsWith('-- Runs in: ')) {
    throw new Error(
      `${name} must begin with the lines "-- Why: …" and "-- Runs in: … Safe while the old version runs: …"`,
    );
  }
  const checksum = createHash('sha256').update(text).digest('hex');
  return { number: Number(number), name, text, checksum, inTransaction: !/^-- no transaction$/m.test(text) };
}
