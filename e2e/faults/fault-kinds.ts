/** What can go wrong with a process or its database, one function each. When it resolves, both are on their way back. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { clusterPath } from '../../packages/server/src/kernel/embedded-postgres/cluster.ts';
import { readPostmasterPid } from '../../packages/server/src/kernel/embedded-postgres/leftovers.ts';
import type { RunningServer } from '../../packages/server/testing/server.ts';
import type { Stage } from './fault-run.ts';

export const faults = {
  /** F02 */
  'kill one process': async (stage: Stage) => {
    const index = oneOf(stage);
    await serverAt(stage, index).kill();
    await stage.restart(index);
  },
  /** F03 */
  'kill both processes': async (stage: Stage) => {
    await Promise.all(stage.servers.map((server) => server.kill()));
    await Promise.all(stage.servers.map((_, index) => stage.restart(index)));
  },
  /** F11, F12: a deployment. */
  'restart one process': async (stage: Stage) => {
    const index = oneOf(stage);
    process.kill(serverAt(stage, index).pid, 'SIGTERM');
    await serverAt(stage, index).exited;
    await stage.restart(index);
  },
  /** F09: it wakes up after others have taken what it had. */
  'stop a process for longer than its leases': async (stage: Stage) => {
    const { pid } = serverAt(stage, oneOf(stage));
    process.kill(-pid, 'SIGSTOP');
    await pause(8_000);
    process.kill(-pid, 'SIGCONT');
  },
  /** F06 */
  'kill the postmaster': async ({ dataDir }: Stage) => {
    for (let tries = 0; tries < 500; tries += 1) {
      const pid = readPostmasterPid(clusterPath(dataDir));
      if (pid !== undefined) return void kill(pid);
      await pause(10); // between two runs of it there is none
    }
  },
  /** F07 */
  'end all sessions': ({ databaseUrl }: Stage) =>
    asOwner(databaseUrl, async (client) => {
      await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()`);
    }),
  /** F16 */
  'lock the table of executions': ({ databaseUrl }: Stage) =>
    asOwner(databaseUrl, async (client) => {
      await client.query('begin; lock table workflow_executions in access exclusive mode; select pg_sleep(2); commit');
    }),
} as const;

export type FaultName = keyof typeof faults;

function oneOf({ chance, servers }: Stage): number {
  return chance.between(0, servers.length);
}

function serverAt({ servers }: Stage, index: number): RunningServer {
  return servers[index] as RunningServer;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Does nothing while the database is away: then there is nothing to disturb. */
async function asOwner(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } catch {
    // It was hit by the fault before.
  } finally {
    await client.end().catch(() => undefined);
  }
}
