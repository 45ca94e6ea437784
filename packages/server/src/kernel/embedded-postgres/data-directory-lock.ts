/**
 * The lock on a data directory: one CloudFlow process at a time, whatever became of the ones before.
 *
 * The operating system holds it, not a file that somebody has to remove: it is gone the moment its process is, also after
 * kill -9 or a power cut, and a process id that was given to another program, or a holder in another container, cannot
 * be mistaken. Node has no call for file locks; SQLite, which is inside Node, takes one for `begin exclusive`. The file
 * `cloudflow.pid` beside it only tells people who holds the lock; nothing is decided by it.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type DataDirectoryLock = { release(): void };

/** Another process uses the data directory. The message names it and says what to do. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
}

/** Locks that are held: a collected handle would close its file and drop the lock. */
const held = new Set<DatabaseSync>();

export function lockDataDirectory(dataDir: string): DataDirectoryLock {
  const pidFile = join(dataDir, 'cloudflow.pid');
  const handle = open(dataDir);
  try {
    handle.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    handle.close();
    throw isBusy(error) ? inUse(dataDir, pidFile) : error;
  }
  held.add(handle);
  writeFileSync(pidFile, `${process.pid}\n${new Date().toISOString()}\n`);
  return {
    release() {
      if (!held.delete(handle)) return;
      rmSync(pidFile, { force: true }); // before the lock goes: afterwards it may be another's
      handle.close();
    },
  };
}

function open(dataDir: string): DatabaseSync {
  try {
    return new DatabaseSync(join(dataDir, 'cloudflow.lock'), { timeout: 0 });
  } catch (error) {
    throw new Error(
      `cannot open ${join(dataDir, 'cloudflow.lock')}: start CloudFlow as the owner of the data directory, or give that user the rights to it`,
      { cause: error },
    );
  }
}

/** SQLITE_BUSY; also with its extended codes. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

function inUse(dataDir: string, pidFile: string): DataDirectoryInUseError {
  const pid = readPid(pidFile);
  const who = pid === undefined ? 'Another process' : `Process ${pid}`;
  const how = pid === undefined ? 'stop it' : `stop it (kill ${pid})`;
  return new DataDirectoryInUseError(
    `${who} is already running CloudFlow on ${dataDir}: ${how}, or choose another directory with CLOUDFLOW_DATA_DIR`,
  );
}

function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined; // between taking the lock and writing the file
  }
}
