/** kill -9 of the parts of a product: what a power cut, an impatient supervisor or the memory of the system does. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from '../../packages/server/testing/server.ts';

/** The product and its whole PostgreSQL at once. PostgreSQL has process groups of its own, so that each is named. */
export async function killEverything(server: RunningServer): Promise<void> {
  const postmaster = postmasterOf(server.dataDir);
  for (const pid of [postmaster, ...childrenOf(postmaster)]) kill(pid);
  await server.kill();
}

/** The product alone: PostgreSQL stops by itself, or is found by the next start. */
export function killProduct(server: RunningServer): Promise<void> {
  return server.kill();
}

/** The head of PostgreSQL alone: its sessions notice it and end. */
export function killPostmaster(server: RunningServer): void {
  kill(postmasterOf(server.dataDir));
}

function postmasterOf(dataDir: string): number {
  const [pid] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  return Number(pid);
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
