/**
 * Blobs as files: `<directory>/<tenant>/<area>/<day of the owner>/<owner>/<digest>`. By day, so that no directory grows for
 * ever and old owners are found without looking at the young ones.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Blob, type BlobPlace, type BlobStore, MissingBlobError, verified } from './blob-store.ts';

const directoryMode = 0o700;
const fileMode = 0o600;
const nameOfIdentity = 'ID';
const isOwner = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Makes the directory when it is not there. Its identity is a file in it: another directory, or an unshared one, has another. */
export async function createDiskBlobs(directory: string): Promise<BlobStore> {
  mkdirSync(directory, { recursive: true, mode: directoryMode });
  const home = `disk ${await identityOf(directory)}`;
  const pathOf = ({ tenantId, area, owner }: BlobPlace) => join(directory, tenantId, area, dayOf(owner), owner);

  return {
    home,

    async put(place, blob) {
      const folder = pathOf(place);
      const path = join(folder, blob.digest);
      if (existsSync(path)) return;
      await makeDurableDirectory(folder);
      await writeDurably(path, blob);
    },

    async get(place, digest) {
      try {
        return verified(place, digest, await readFile(join(pathOf(place), digest)));
      } catch (error) {
        if (isMissing(error)) throw new MissingBlobError(place, digest, { cause: error });
        throw error;
      }
    },

    async remove(place) {
      const folder = pathOf(place);
      await rm(folder, { recursive: true, force: true });
      // The day goes with its last owner. Somebody may put a blob there in this moment: then it is not empty, and stays.
      await rmdir(dirname(folder)).catch(() => undefined);
    },

    async *ownersBefore(area, before) {
      for (const tenantId of await namesIn(directory)) {
        if (!isOwner.test(tenantId)) continue;
        for (const day of await namesIn(join(directory, tenantId, area))) {
          if (day > dayOf(before)) continue;
          const owners = (await namesIn(join(directory, tenantId, area, day))).filter((owner) => owner < before);
          if (owners.length > 0) yield owners.map((owner) => ({ tenantId, area, owner }));
        }
      }
    },
  };
}

async function identityOf(directory: string): Promise<string> {
  const path = join(directory, nameOfIdentity);
  const read = () => readFileSync(path, 'utf8').trim();
  if (existsSync(path)) return read();
  // Two processes that make it at once: the file of the first stays, since `wx` refuses the second.
  const file = await open(path, 'wx', fileMode).catch(() => null);
  if (file === null) return read();
  const identity = randomUUID();
  try {
    await file.writeFile(`${identity}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(directory);
  return identity;
}

/** In the name of the owner, a UUIDv7, is its time. */
function dayOf(owner: string): string {
  const at = Number.parseInt(owner.slice(0, 8) + owner.slice(9, 13), 16);
  return new Date(at).toISOString().slice(0, 10);
}

/** Whole under its name, or not there: written beside it, brought to the disk, and renamed. */
async function writeDurably(path: string, { content }: Blob): Promise<void> {
  const draft = `${path}.${randomUUID()}.draft`;
  try {
    const file = await open(draft, 'wx', fileMode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** That a directory exists is an entry of the one above it, which is on disk only when that one is. */
async function makeDurableDirectory(path: string): Promise<void> {
  if (existsSync(path)) return;
  const parent = dirname(path);
  await makeDurableDirectory(parent);
  await mkdir(path, { mode: directoryMode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await syncDirectory(parent);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
