/**
 * The embedded PostgreSQL: the real server, from the npm registry, in the data directory, started and stopped with us.
 *
 *   <data directory>/postgres/       the cluster
 *                    cloudflow.lock  held by the one process that uses the directory
 *                    postgres.log    what befell the server
 *                    run/            its socket (elsewhere when the path is too long)
 *
 * kill -9 of us, of the server or of one of its backends, in any order, loses nothing that was acknowledged (fsync is on):
 * the next start takes the lock, ends what was left running, and PostgreSQL recovers from its log.
 */
import { existsSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { DatabaseLog } from '../db/database.ts';
import { findBinaries } from './binaries.ts';
import { type Cluster, clusterDatabase, clusterPath, clusterUser, createCluster, readPassword } from './cluster.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { endLeftovers } from './leftovers.ts';
import { makeDirectories } from './make-directories.ts';
import { accountFor } from './run-as.ts';
import { type Listen, serverSettings, socketPort } from './settings.ts';
import { emptySocketDirectory, makeSocketDirectory } from './socket-directory.ts';
import { type SupervisorOptions, superviseServer } from './supervisor.ts';

export type EmbeddedPostgresOptions = {
  /** The data directory; it is created when it is not there. */
  readonly dataDir: string;
  readonly log: DatabaseLog;
  /** One line for the person who waits. */
  readonly progress: (message: string) => void;
  readonly onExit?: SupervisorOptions['onExit'];
  /** Settings of PostgreSQL that replace ours. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type EmbeddedPostgres = {
  readonly url: string;
  /** Undefined where there are no sockets (Windows): then it listens on 127.0.0.1 with a password. */
  readonly socketDir: string | undefined;
  readonly port: number;
  /** Of the server that runs now; another one after a restart. */
  pid(): number;
  /** The cluster was created by this start. */
  readonly freshBoot: boolean;
  /** We hold the data directory's lock, so nobody else writes to this database: leases of earlier boots are void. */
  readonly heldExclusively: true;
  /** Stops the server, then gives the data directory free. */
  stop(): Promise<void>;
};

export { DataDirectoryInUseError } from './data-directory-lock.ts';

/** Throws `DataDirectoryInUseError` when another process runs on the data directory. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  makeDirectories(resolve(options.dataDir), 0o700);
  const dataDir = realpathSync(options.dataDir);
  const lock = lockDataDirectory(dataDir);
  try {
    const running = await startLocked(dataDir, options);
    let stopped: Promise<void> | undefined;
    const stop = () => running.stop().finally(lock.release);
    return { ...running, heldExclusively: true, stop: () => (stopped ??= stop()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startLocked(
  dataDir: string,
  options: EmbeddedPostgresOptions,
): Promise<Omit<EmbeddedPostgres, 'heldExclusively'>> {
  const path = clusterPath(dataDir);
  const exists = existsSync(path);
  const account = accountFor(exists ? path : undefined);
  const cluster: Cluster = { path, account, binaries: findBinaries(account) };
  if (!exists) options.progress('creating the database');
  const freshBoot = await createCluster(dataDir, cluster);

  const listen = await chooseListen(dataDir, cluster);
  const settings = serverSettings(listen, options.settings ?? {});
  const socketDir = 'socketDir' in listen ? listen.socketDir : undefined;
  const prepare = async () => {
    const ended = await endLeftovers(cluster);
    if (ended > 0) options.log.warn({ processes: ended }, 'ended a PostgreSQL that had been left running');
    if (socketDir !== undefined) emptySocketDirectory(socketDir);
  };
  // It may lie in the temporary folder, where nobody else would remove it. After a kill the next start finds it by its name.
  const removeSocket = () => socketDir !== undefined && rmSync(socketDir, { recursive: true, force: true });
  const logFile = join(dataDir, 'postgres.log');
  const supervising = superviseServer({ ...options, cluster, settings, prepare, logFile });
  const server = await supervising.catch((error: unknown) => {
    removeSocket();
    throw error;
  });
  return {
    url: urlOf(dataDir, listen),
    socketDir,
    port: 'port' in listen ? listen.port : socketPort,
    pid: server.pid,
    freshBoot,
    stop: () => server.stop().finally(removeSocket),
  };
}

async function chooseListen(dataDir: string, cluster: Cluster): Promise<Listen> {
  if (process.platform === 'win32') return { port: await freePort() };
  return { socketDir: makeSocketDirectory(dataDir, cluster.account) };
}

function urlOf(dataDir: string, listen: Listen): string {
  if ('port' in listen)
    return `postgresql://${clusterUser}:${readPassword(dataDir)}@127.0.0.1:${listen.port}/${clusterDatabase}`;
  return `postgresql://${clusterUser}@localhost/${clusterDatabase}?host=${encodeURIComponent(listen.socketDir)}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('the system gave no free port on 127.0.0.1');
  return address.port;
}
