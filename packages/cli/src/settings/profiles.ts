/** What `auth login` remembers: addresses and their keys, by name, in a file that only its owner can read. */
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Failure } from '../failure/failure.ts';
import type { World } from '../world.ts';

export type Profile = { readonly url: string; readonly apiKey: string };
export type Profiles = { readonly current: string | null; readonly byName: ReadonlyMap<string, Profile> };

const none: Profiles = { current: null, byName: new Map() };

/** `$XDG_CONFIG_HOME/cloudflow/profiles.yaml`; on Windows below `%APPDATA%`. */
export function profilesPath({ environment, home, platform }: World): string {
  const windows = platform === 'win32' ? environment['APPDATA'] : undefined;
  const base = environment['XDG_CONFIG_HOME'] || windows || join(home, '.config');
  return join(base, 'cloudflow', 'profiles.yaml');
}

export async function readProfiles(path: string): Promise<Profiles> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new Failure(`The profiles in ${path} cannot be read: ${error.message}.`, { ending: 'usage', cause: error });
  });
  return text === null ? none : parseProfiles(text, path);
}

/** True when others than its owner may read it, on systems that know such a thing. */
export async function isReadByOthers(path: string, platform: NodeJS.Platform): Promise<boolean> {
  if (platform === 'win32') return false;
  const found = await stat(path).catch(() => null);
  return found !== null && (found.mode & 0o077) !== 0;
}

/** A new file takes the place of the old one: who is cut off in the middle, or writes at the same time, leaves a whole one. */
export async function writeProfiles(path: string, { current, byName }: Profiles): Promise<void> {
  const profiles = Object.fromEntries([...byName].map(([name, { url, apiKey }]) => [name, { url, api_key: apiKey }]));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(stringify({ current, profiles }));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function parseProfiles(text: string, path: string): Profiles {
  const broken = (why: string) =>
    new Failure(`The profiles in ${path} are not as \`cloudflow auth login\` writes them: ${why}.`, {
      ending: 'usage',
      remedy: 'Correct the file, or remove it and log in again.',
    });
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw broken(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
  if (!isRecord(value) || !isRecord(value['profiles'])) throw broken('there is no `profiles`');
  const byName = new Map<string, Profile>();
  for (const [name, profile] of Object.entries(value['profiles'])) {
    const { url, api_key: apiKey } = isRecord(profile) ? profile : {};
    if (typeof url !== 'string' || typeof apiKey !== 'string') throw broken(`\`${name}\` lacks \`url\` or \`api_key\``);
    byName.set(name, { url, apiKey });
  }
  return { current: typeof value['current'] === 'string' ? value['current'] : null, byName };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
