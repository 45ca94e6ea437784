/** The cluster: PostgreSQL's own folder inside the data directory, and how it is created whole or not at all. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { endLeftovers } from './leftovers.ts';
import { type Account, canReach } from './run-as.ts';

export type Cluster = { readonly path: string; readonly binaries: Binaries; readonly account: Account | undefined };

/** The superuser and the database of the embedded server. */
export const clusterUser = 'cloudflow';
export const clusterDatabase = 'cloudflow';

export function clusterPath(dataDir: string): string {
  return join(dataDir, 'postgres');
}

export function passwordFile(dataDir: string): string {
  return join(dataDir, 'postgres-password');
}

/** How a program of PostgreSQL is started on the cluster. It gets nothing of our environment: no `PG…` setting, no secret. */
export function spawnOptions({ path, account }: Pick<Cluster, 'path' | 'account'>) {
  return { cwd: path, env: { LC_ALL: 'C' }, ...(account ? { uid: account.uid, gid: account.gid } : {}) };
}

/**
 * What to call the cluster in `-D`. The account may not be able to enter a folder above it (root's home is 0700), but it
 * inherits a working directory that root has entered for it, and Linux lets it use that one by this name.
 */
export function clusterArgument({ path, account }: Pick<Cluster, 'path' | 'account'>): string {
  if (canReach(account, path)) return path;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new Error(
    `PostgreSQL runs as user ${account?.uid}, who cannot enter ${dirname(path)}: choose another directory with CLOUDFLOW_DATA_DIR`,
  );
}

/**
 * Creates the cluster unless it is there. It is made under another name and renamed when it is complete and on disk, so
 * that a kill in between leaves nothing that looks like a database. True when it was created now.
 */
export async function createCluster(dataDir: string, cluster: Cluster): Promise<boolean> {
  if (existsSync(join(cluster.path, 'PG_VERSION'))) return false;
  const making = { ...cluster, path: `${cluster.path}.creating` };
  if (existsSync(making.path)) await endLeftovers(making);
  rmSync(making.path, { recursive: true, force: true });
  mkdirSync(making.path, { mode: 0o700 });
  if (cluster.account) chownSync(making.path, cluster.account.uid, cluster.account.gid);
  await run(making, cluster.binaries.initdb, ['-D', clusterArgument(making), '--no-sync', ...initOptions(dataDir)]);
  await configure(making);
  await run(making, cluster.binaries.initdb, ['-D', clusterArgument(making), '--sync-only']);
  renameSync(making.path, cluster.path);
  syncFolder(dataDir);
  return true;
}

function initOptions(dataDir: string): readonly string[] {
  // Comparison by code point, upper and lower case by Unicode: the same order on every machine, whatever its libraries.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const common = ['--username', clusterUser, '--data-checksums', ...locale];
  if (process.platform !== 'win32') return [...common, '--auth-local=trust', '--auth-host=reject'];
  writeFileSync(passwordFile(dataDir), randomBytes(24).toString('base64url'), { mode: 0o600 });
  return [...common, '--auth=scram-sha-256', '--pwfile', passwordFile(dataDir)];
}

/**
 * The database, and lz4 where this build has it (a setting that it does not know is refused, and the default stays).
 * In single-user mode, before anybody can connect: a cluster that exists is a cluster that is complete.
 */
async function configure(cluster: Cluster): Promise<void> {
  const statements = [
    'alter system set wal_compression = lz4',
    'alter system set default_toast_compression = lz4',
    `create database ${clusterDatabase}`,
  ];
  await run(
    cluster,
    cluster.binaries.postgres,
    ['--single', '-D', clusterArgument(cluster), 'postgres'],
    `${statements.join('\n')}\n`,
  );
}

/** Longer than any machine needs to write 40 MB. */
const programTimeoutMs = 120_000;

async function run(cluster: Cluster, program: string, args: readonly string[], input = ''): Promise<void> {
  const child = spawn(program, args, {
    ...spawnOptions(cluster),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: programTimeoutMs,
    windowsHide: true,
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.stdin.on('error', () => undefined); // it ended before it read: its exit code tells
  child.stdin.end(input);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  const code = await promise;
  if (code !== 0) throw new Error(`${program} failed (${code ?? 'timeout'}): ${output.trim()}`);
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** The password of the embedded server where it listens on a port. */
export function readPassword(dataDir: string): string {
  return readFileSync(passwordFile(dataDir), 'utf8').trim();
}
