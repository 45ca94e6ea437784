/** kill -9 of the parts of a product: what a power cut, an impatient supervisor or the memory of the system does. */
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { clusterPath } from '../../packages/server/src/kernel/embedded-postgres/cluster.ts';
import { readPostmasterPid } from '../../packages/server/src/kernel/embedded-postgres/leftovers.ts';
import type { RunningServer } from '../../packages/server/testing/server.ts';

/** The product and its whole PostgreSQL at once. PostgreSQL has process groups of its own, so that each is named. */
export async function killEverything(server: RunningServer): Promise<void> {
  const postmaster = await postmasterOf(server);
  for (const pid of [postmaster, ...childrenOf(postmaster)]) kill(pid);
  await server.kill();
}

/** The product alone: PostgreSQL stops by itself, or is found by the next start. */
export function killProduct(server: RunningServer): Promise<void> {
  return server.kill();
}

/** The head of PostgreSQL alone: its sessions notice it and end. */
export async function killPostmaster(server: RunningServer): Promise<void> {
  kill(await postmasterOf(server));
}

/** Between two runs of it there is none for a moment. */
async function postmasterOf({ dataDir }: RunningServer): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const pid = readPostmasterPid(clusterPath(dataDir));
    if (pid !== undefined) return pid;
    await pause(10);
  }
  throw new Error(`no PostgreSQL runs in ${dataDir}`);
}

function childrenOf(parent: number): readonly number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
