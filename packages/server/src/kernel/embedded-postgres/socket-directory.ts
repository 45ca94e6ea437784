/**
 * Where the socket lies. Whoever can enter this directory is let in by PostgreSQL without a password, so it is 0700 and
 * must be ours; and a socket's path holds 107 bytes, so it is not always inside the data directory.
 */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectories } from './make-directories.ts';
import { type Account, canReach } from './run-as.ts';

/** 107 without `/.s.PGSQL.5432.lock`. */
const longestPath = 88;

export function makeSocketDirectory(dataDir: string, account: Account | undefined): string {
  const path = choosePath(dataDir, account);
  makeDirectories(path, 0o700);
  const ours = process.getuid?.();
  const { uid, mode } = lstatSync(path);
  const owner = account?.uid ?? ours;
  if (!lstatSync(path).isDirectory() || (uid !== owner && uid !== ours)) {
    throw new Error(
      `${path} belongs to somebody else, so the database's socket is not put there: remove it, or set TMPDIR to another folder`,
    );
  }
  if ((mode & 0o077) !== 0) chmodSync(path, 0o700);
  if (account !== undefined && uid !== account.uid) chownSync(path, account.uid, account.gid);
  return path;
}

/**
 * PostgreSQL takes the process number in a socket's lock file for a running server as long as there is such a process, and
 * be it a dead one that nobody has waited for (in a container, often nobody does). The directory is this cluster's alone.
 */
export function emptySocketDirectory(path: string): void {
  for (const name of readdirSync(path)) rmSync(join(path, name), { force: true });
}

/** The name follows from the data directory, so that the next start finds the socket of a server that was left behind. */
function choosePath(dataDir: string, account: Account | undefined): string {
  const inside = join(dataDir, 'run');
  if (fits(inside) && canReach(account, inside)) return inside;
  const name = `cloudflow-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
  const candidates = [join(tmpdir(), name), join('/tmp', name)];
  const path = candidates.find((candidate) => fits(candidate) && canReach(account, candidate));
  if (path === undefined)
    throw new Error(
      `no place for the database's socket: ${candidates[0]} is too long or cannot be entered; set TMPDIR to a short path`,
    );
  return path;
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= longestPath;
}
