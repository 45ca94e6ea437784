/**
 * The master key: 32 bytes that are in no database, and without which nothing that is encrypted there can be read. Given by
 * the configuration, or kept in a file of the data directory, made at the first start.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyBytes } from '../crypto/aes-gcm.ts';

export type MasterKey = {
  readonly key: Buffer;
  /** Tells keys apart; nobody learns the key from it. */
  readonly fingerprint: string;
  /** Where it was found, for people. */
  readonly from: string;
};

/** The start is refused; the message says what to do. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

export const masterKeyFile = 'master.key';

export function masterKey(text: string, from: string): MasterKey {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== keyBytes)
    throw new MasterKeyError(`the master key in ${from} is not ${keyBytes} bytes in base64: restore it from a copy`);
  return { key, fingerprint: fingerprintOf(key), from };
}

/** The key of the data directory; undefined when there is none. */
export async function readKeyFile(dataDir: string): Promise<MasterKey | undefined> {
  const path = join(dataDir, masterKeyFile);
  try {
    return masterKey(await readFile(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** On disk when this resolves. Of two who make it at once, both get the one that was made. */
export async function makeKeyFile(dataDir: string): Promise<MasterKey> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, masterKeyFile);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return masterKey(await readFile(path, 'utf8'), path);
}

function fingerprintOf(key: Buffer): string {
  return createHash('sha256').update('cloudflow master key\n').update(key).digest('hex').slice(0, 16);
}
