import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aPlace, keepsBlobs } from '../../../testing/blob-conformance.ts';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { sql } from '../sql/sql.ts';
import { type BlobStore, blobOf } from './blob-store.ts';
import { createDiskBlobs } from './disk-blobs.ts';
import { claimBlobHome, createPostgresBlobs } from './postgres-blobs.ts';

let test: TestDatabase;
let directory: string;
let disk: BlobStore;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = mkdtempSync(join(tmpdir(), 'blobs-'));
  disk = await createDiskBlobs(join(directory, 'blobs'));
});
afterAll(async () => {
  await test.drop();
  rmSync(directory, { recursive: true });
});

const filesBelow = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

describe('blobs in PostgreSQL', () => {
  keepsBlobs({
    blobs: () => createPostgresBlobs(test.database),
    damage: ({ owner }) =>
      test.database
        .transaction({ role: 'owner' }, (tx) =>
          tx.execute(sql`update blobs set content = set_byte(content, 0, 1) where owner = ${owner}`),
        )
        .then(() => undefined),
  });
});

describe('blobs on disk', () => {
  keepsBlobs({
    blobs: () => disk,
    async damage({ owner }, digest) {
      const path = filesBelow(directory).find((file) => file.endsWith(join(owner, digest))) ?? '';
      const content = readFileSync(path);
      content[0] = 1;
      writeFileSync(path, content);
    },
  });

  it('are for nobody else on the machine, and leave no drafts', async () => {
    const place = aPlace();
    await disk.put(place, blobOf(Buffer.from('private')));
    const [path = ''] = filesBelow(directory).filter((file) => file.includes(place.owner));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    expect(filesBelow(directory).filter((file) => file.endsWith('.draft'))).toEqual([]);
  });
});

describe('the home of the blobs', () => {
  it('is that of the first process; one that would look elsewhere does not start', async () => {
    await claimBlobHome(test.database, disk);
    await claimBlobHome(test.database, await createDiskBlobs(join(directory, 'blobs')));
    const unshared = await createDiskBlobs(join(directory, 'other'));
    for (const other of [unshared, createPostgresBlobs(test.database)])
      await expect(claimBlobHome(test.database, other)).rejects.toThrow(/give every process the same CLOUDFLOW_BLOBS/);
  });
});
