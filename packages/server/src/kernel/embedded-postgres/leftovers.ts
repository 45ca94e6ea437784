/**
 * Ends servers and backends that an earlier process left behind on this cluster. Called only under the data directory's
 * lock, so whatever still runs there belongs to nobody.
 *
 * They are known by where they work, never by name or by a number in a file alone: the number may long be another's.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Cluster } from './cluster.ts';

const fastMs = 10_000;
const immediateMs = 5_000;

/** How many processes were ended. */
export async function endLeftovers(cluster: Cluster): Promise<number> {
  const found = await processesOf(cluster);
  if (found.length > 0) await end(cluster, found);
  dropStolenPidFile(cluster);
  return found.length;
}

async function end(cluster: Cluster, found: readonly number[]): Promise<void> {
  const postmaster = readPostmasterPid(cluster.path);
  const hasPostmaster = postmaster !== undefined && found.includes(postmaster);
  // The postmaster ends its children in order. Without it the backends are told to leave at once: they hold the shared
  // memory, and no new server starts beside them. What they had acknowledged is in the log.
  if (hasPostmaster && (await signalled(cluster, [postmaster], 'SIGINT', fastMs))) return;
  if (await signalled(cluster, await processesOf(cluster), 'SIGQUIT', immediateMs)) return;
  if (await signalled(cluster, await processesOf(cluster), 'SIGKILL', immediateMs)) return;
  throw new Error(
    `a PostgreSQL that was left running on ${cluster.path} could not be stopped (process ${found.join(', ')}): stop it and start again`,
  );
}

/** True when no process of the cluster is left within the time. */
async function signalled(
  cluster: Cluster,
  pids: readonly number[],
  signal: NodeJS.Signals,
  withinMs: number,
): Promise<boolean> {
  for (const pid of pids) signalProcess(pid, signal);
  const until = performance.now() + withinMs;
  while ((await processesOf(cluster)).length > 0) {
    if (performance.now() > until) return false;
    await delay(10);
  }
  return true;
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone since it was listed
  }
}

async function processesOf(cluster: Cluster): Promise<number[]> {
  if (process.platform === 'linux') return workingIn(realpathSync(cluster.path));
  const pid = readPostmasterPid(cluster.path);
  return pid !== undefined && (await isPostmasterOf(cluster, pid)) ? [pid] : [];
}

/** Every PostgreSQL process, postmaster or backend, has the cluster as its working directory. */
function workingIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readlinkSync(`/proc/${pid}/cwd`) === folder &&
          /^(postgres|initdb)/.test(basename(readlinkSync(`/proc/${pid}/exe`)))
        );
      } catch {
        return false; // another user's, or gone
      }
    })
    .map(Number);
}

/** Where there is no /proc: the process has our cluster on its command line. */
async function isPostmasterOf(cluster: Cluster, pid: number): Promise<boolean> {
  const [program, args] =
    process.platform === 'win32'
      ? ([
          'powershell',
          ['-NoProfile', '-Command', `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`],
        ] as const)
      : (['ps', ['-ww', '-o', 'command=', '-p', String(pid)]] as const);
  try {
    const { stdout } = await promisify(execFile)(program, args, { timeout: 5_000 });
    return stdout.includes('postgres') && stdout.includes(cluster.path);
  } catch {
    return false;
  }
}

/** The first line of postmaster.pid. */
export function readPostmasterPid(clusterPath: string): number | undefined {
  const pid = Number(readPostmasterFile(clusterPath)[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

export function readPostmasterFile(clusterPath: string): readonly string[] {
  try {
    return readFileSync(join(clusterPath, 'postmaster.pid'), 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch {
    return [];
  }
}

/**
 * PostgreSQL refuses to start while the process in postmaster.pid lives, also when that number now belongs to some other
 * program, or to a dead process that nobody has waited for. Such a file goes; one whose process is dead stays, because PostgreSQL finds orphaned shared memory by it.
 */
function dropStolenPidFile(cluster: Cluster): void {
  const pid = readPostmasterPid(cluster.path);
  if (pid !== undefined && isAlive(pid)) rmSync(join(cluster.path, 'postmaster.pid'), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
