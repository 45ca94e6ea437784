/**
 * Keeps the server running: when its process ends without having been asked to, it is started again, at first at once,
 * then more slowly, and not for ever.
 *
 *   running --ended--> waiting --started--> running        any --stop()--> stopped
 *                         `-- too often --> given up
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseLog } from '../db/database.ts';
import type { Cluster } from './cluster.ts';
import { type Postmaster, startPostmaster } from './postmaster.ts';

export type SupervisorOptions = {
  readonly cluster: Cluster;
  readonly settings: readonly string[];
  /** Clears the place before each start: of leftovers of the server before. */
  readonly prepare: () => Promise<void>;
  readonly logFile: string;
  readonly log: DatabaseLog;
  readonly progress: (message: string) => void;
  /** The server ended by itself; `restarting` is false when it was given up. */
  readonly onExit?: ((exit: { readonly how: string; readonly restarting: boolean }) => void) | undefined;
};

export type Supervisor = { pid(): number; stop(): Promise<void> };

const firstDelayMs = 50;
const longestDelayMs = 5_000;
/** In a row; a run that lasted a minute begins a new row. About a minute of trying. */
const mostFailures = 15;
const longRunMs = 60_000;

export async function superviseServer(options: SupervisorOptions): Promise<Supervisor> {
  const stopping = new AbortController();
  let current = await startOnce(options);
  const watching = keepRunning();

  return {
    pid: () => current.pid,
    async stop() {
      stopping.abort();
      await current.stop();
      await watching; // a restart that was under way has been stopped by it
    },
  };

  async function keepRunning(): Promise<void> {
    for (let failures = 0; ; ) {
      const began = performance.now();
      const how = await current.exited;
      if (stopping.signal.aborted) return;
      failures = performance.now() - began > longRunMs ? 1 : failures + 1;
      const restarting = failures <= mostFailures;
      options.log.error({ how, failures, restarting }, 'the embedded PostgreSQL ended unexpectedly');
      options.onExit?.({ how, restarting });
      if (!restarting || !(await startAgain(failures))) return;
    }
  }

  /** Tries until the server runs; false when we are stopping. A start that fails shows as an exit to the loop above. */
  async function startAgain(failures: number): Promise<boolean> {
    const wait = failures === 1 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** failures);
    await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (stopping.signal.aborted) return false;
    try {
      await options.prepare(); // backends outlive a killed postmaster for a moment
      if (stopping.signal.aborted) return false;
      current = startPostmaster(options);
      if (stopping.signal.aborted) await current.stop();
      await current.ready(options.progress);
      options.log.info({ postmaster_pid: current.pid }, 'the embedded PostgreSQL runs again');
    } catch (error) {
      options.log.error({ err: error }, 'the embedded PostgreSQL did not start again');
    }
    return true;
  }
}

/** The first start fails loudly: there is nobody yet who could wait for a later one. */
async function startOnce(options: SupervisorOptions): Promise<Postmaster> {
  await options.prepare();
  const postmaster = startPostmaster(options);
  try {
    await postmaster.ready(options.progress);
    return postmaster;
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
}
