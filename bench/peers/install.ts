/** Peers are no dependencies: they are fetched into a folder beside this file when somebody wants to compare. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;

export const peerVersions = {
  dbos: '@dbos-inc/dbos-sdk',
  restate: '@restatedev/restate-server',
} as const;

export function installPeers(): void {
  if (Object.values(peerVersions).every((name) => existsSync(join(here, 'node_modules', name)))) return;
  console.error('installing the peers into bench/peers/node_modules (about 240 MB) …');
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  const { status } = spawnSync('npm', ['install', ...options], { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('the peers could not be installed; they come from the npm registry');
}

/** A module of a peer. Its types are not here unless it is installed, so each caller says the little that it needs. */
export async function importPeer<Module>(name: string): Promise<Module> {
  return (await import(name)) as Module;
}

/** The installed version, for the table. */
export async function versionOf(name: string): Promise<string> {
  const { default: manifest } = (await import(join(here, 'node_modules', name, 'package.json'), {
    with: { type: 'json' },
  })) as { default: { version: string } };
  return manifest.version;
}
