/** One run of the server: its process, when it is ready, and how it is asked to stop. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { type Cluster, clusterArgument, spawnOptions } from './cluster.ts';
import { readPostmasterFile } from './leftovers.ts';

export type Postmaster = {
  readonly pid: number;
  /** Settles when the process has ended, with a short account of how. */
  readonly exited: Promise<string>;
  /** Resolves when connections are accepted; rejects, with the log's last lines, when it ends instead. */
  ready(progress: (message: string) => void): Promise<void>;
  /** Ends sessions, writes a checkpoint and exits; without a checkpoint when that takes too long. */
  stop(): Promise<void>;
};

export type PostmasterOptions = {
  readonly cluster: Cluster;
  readonly settings: readonly string[];
  readonly logFile: string;
};

const readyTimeoutMs = 10 * 60_000; // recovery reads up to `max_wal_size`, on any disk
const fastStopMs = 10_000;
const immediateStopMs = 5_000;
const largestLog = 10 * 1024 * 1024;

export function startPostmaster({ cluster, settings, logFile }: PostmasterOptions): Postmaster {
  rotate(logFile);
  const log = openSync(logFile, 'a', 0o600);
  const logStart = statSync(logFile).size;
  const [program, ...first] = [...parentDeathSignal(), cluster.binaries.postgres];
  const child = spawn(program ?? cluster.binaries.postgres, [...first, '-D', clusterArgument(cluster), ...settings], {
    ...spawnOptions(cluster),
    stdio: ['ignore', log, log],
    detached: true, // a session of its own: Ctrl-C in the terminal is for us, and we stop it when nothing needs it any more
    windowsHide: true,
  });
  closeSync(log);
  child.unref();
  const exited = exitOf(child);
  const pid = child.pid ?? 0;
  return {
    pid,
    exited,
    ready: (progress) => waitUntilReady({ pid, exited, cluster, progress, tail: () => tail(logFile, logStart) }),
    stop: () => stop(cluster, child, exited),
  };
}

/** On Linux the kernel itself asks the server to stop (SIGINT: fast) when we die. The signal follows the thread that spawned, so only from the main one. */
function parentDeathSignal(): readonly string[] {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  return process.platform === 'linux' && isMainThread && setpriv !== undefined
    ? [setpriv, '--pdeathsig', 'INT', '--']
    : [];
}

function exitOf(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once('error', (error) => resolve(error.message));
  child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  return promise;
}

type Waiting = {
  readonly pid: number;
  readonly exited: Promise<string>;
  readonly cluster: Cluster;
  readonly progress: (message: string) => void;
  readonly tail: () => string;
};

/** The server writes its state into postmaster.pid, as `pg_ctl` reads it: no connection, no password needed. */
async function waitUntilReady({ pid, exited, cluster, progress, tail }: Waiting): Promise<void> {
  let ended: string | undefined;
  void exited.then((how) => (ended = how));
  const started = performance.now();
  let nextNotice = 3_000;
  for (;;) {
    const file = readPostmasterFile(cluster.path);
    if (Number(file[0]) === pid && file[7] === 'ready') return;
    if (ended !== undefined) throw new Error(`PostgreSQL did not start (${ended}): ${tail()}`);
    const waited = performance.now() - started;
    if (waited > readyTimeoutMs)
      throw new Error(`PostgreSQL was not ready after ${readyTimeoutMs / 60_000} minutes: ${tail()}`);
    if (waited > nextNotice) {
      progress('PostgreSQL is recovering');
      nextNotice += 10_000;
    }
    await delay(10);
  }
}

async function stop(cluster: Cluster, child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (await endsAfter('INT', fastStopMs)) return;
  if (await endsAfter('QUIT', immediateStopMs)) return;
  child.kill('SIGKILL');
  await exited;

  async function endsAfter(signal: 'INT' | 'QUIT', withinMs: number): Promise<boolean> {
    await signalServer(cluster, child, signal);
    const timer = new AbortController();
    const late = delay(withinMs, false, { signal: timer.signal }).catch(() => false);
    const ended = await Promise.race([exited.then(() => true), late]);
    timer.abort();
    return ended;
  }
}

async function signalServer(cluster: Cluster, child: ChildProcess, signal: 'INT' | 'QUIT'): Promise<void> {
  if (process.platform !== 'win32') {
    child.kill(`SIG${signal}`);
    return;
  }
  // Windows has no signals: Node would end the process hard, PostgreSQL brings its own way.
  await promisify(execFile)(cluster.binaries.pgCtl, ['kill', signal, String(child.pid)], { timeout: 5_000 }).catch(
    () => undefined,
  );
}

/** One older log is kept. */
function rotate(logFile: string): void {
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(logFile, `${logFile}.1`);
}

function tail(logFile: string, from: number): string {
  const text = readFileSync(logFile).subarray(from).toString('utf8').trim();
  return text === '' ? `nothing was logged in ${logFile}` : text.slice(-2_000);
}
