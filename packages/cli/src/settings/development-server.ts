/**
 * What `cloudflow dev` leaves beside the data of the server that it started, while it runs: the address and the key, so that
 * commands given in the same project mean that server and not the one of a profile.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type DevelopmentServer = { readonly url: string; readonly apiKey: string; readonly pid: number };

export function developmentServerPath(projectFolder: string): string {
  return join(projectFolder, '.cloudflow', 'dev.json');
}

/** Null when none runs: also when the process that wrote it is gone. */
export async function readDevelopmentServer(projectFolder: string): Promise<DevelopmentServer | null> {
  try {
    const found = JSON.parse(await readFile(developmentServerPath(projectFolder), 'utf8')) as DevelopmentServer;
    process.kill(found.pid, 0);
    return found;
  } catch {
    return null;
  }
}

export async function writeDevelopmentServer(projectFolder: string, server: DevelopmentServer): Promise<void> {
  const path = developmentServerPath(projectFolder);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(server), { mode: 0o600 });
}

export async function forgetDevelopmentServer(projectFolder: string): Promise<void> {
  await rm(developmentServerPath(projectFolder), { force: true });
}
