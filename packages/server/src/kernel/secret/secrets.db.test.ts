import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { CannotDecryptError } from '../crypto/aes-gcm.ts';
import { defaultTenantId } from '../db/database.ts';
import { sql } from '../sql/sql.ts';
import { claimMasterKey } from './claim-master-key.ts';
import { type MasterKey, masterKey, masterKeyFile } from './master-key.ts';
import { createPostgresSecrets } from './postgres-secrets.ts';

let test: TestDatabase;
let dataDir: string;
const place = 'credential/1';
const plain = Buffer.from('the plain text');
const otherTenant = randomUUID();

beforeAll(async () => {
  test = await createTestDatabase();
  await test.database.transaction({ role: 'owner' }, (tx) =>
    tx.execute(sql`insert into tenants (id, slug, name) values (${otherTenant}, 'other', 'Other')`),
  );
});
afterAll(() => test.drop());
beforeEach(async () => {
  await test.database.transaction({ role: 'owner' }, async (tx) => {
    await tx.execute(sql`delete from data_keys`);
    await tx.execute(sql`delete from master_key`);
  });
  dataDir = mkdtempSync(join(tmpdir(), 'keys-'));
  return () => rmSync(dataDir, { recursive: true });
});

const aKey = (): MasterKey => masterKey(randomBytes(32).toString('base64'), 'the test');
const claim = (given: MasterKey | null, previous: MasterKey | null = null) =>
  claimMasterKey(test.database, { given, previous, dataDir });
const boxOf = (master: MasterKey) =>
  createPostgresSecrets({ database: test.database, master, monotonic: () => performance.now() });

describe('the master key of a database', () => {
  it('is made at the first start, in a file that only its owner may read, and found at the next', async () => {
    const first = await claim(null);
    expect(first).toMatchObject({ isNew: true, isRotated: false });
    expect(statSync(join(dataDir, masterKeyFile)).mode & 0o777).toBe(0o600);
    expect(await claim(null)).toEqual({ ...first, isNew: false });
  });

  it('is one, however many processes start at once', async () => {
    const claims = await Promise.all(Array.from({ length: 4 }, () => claim(null)));
    expect(new Set(claims.map(({ master }) => master.fingerprint)).size).toBe(1);
    expect(claims.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it('refuses the start when its file is missing, with its fingerprint, and makes no other [F28]', async () => {
    const { master } = await claim(null);
    rmSync(join(dataDir, masterKeyFile));
    await expect(claim(null)).rejects.toThrow(
      `master key ${master.fingerprint}, and there is no ${dataDir}/master.key`,
    );
    expect(() => statSync(join(dataDir, masterKeyFile))).toThrow('ENOENT');
  });

  it('refuses the start with another key, naming both, and changes nothing [F28]', async () => {
    const [right, wrong] = [aKey(), aKey()];
    await claim(right);
    const sealed = (await boxOf(right).sealer(defaultTenantId)).seal(place, plain);
    await expect(claim(wrong)).rejects.toThrow(new RegExp(`${right.fingerprint}.*${wrong.fingerprint}`));
    await expect(claim(wrong, aKey())).rejects.toThrow(right.fingerprint);
    expect(await boxOf(right).open(defaultTenantId, place, sealed)).toEqual(plain);
  });

  it('is changed by naming the one before: what was encrypted opens, and the old key opens nothing more', async () => {
    const [before, after] = [aKey(), aKey()];
    await claim(before);
    const sealed = (await boxOf(before).sealer(defaultTenantId)).seal(place, plain);
    expect(await claim(after, before)).toMatchObject({ isNew: false, isRotated: true });
    expect(await boxOf(after).open(defaultTenantId, place, sealed)).toEqual(plain);
    await expect(boxOf(before).open(defaultTenantId, place, sealed)).rejects.toThrow(CannotDecryptError);
    expect(await claim(after, before), 'the next start may still name it').toMatchObject({ isRotated: false });
    await expect(claim(before)).rejects.toThrow(after.fingerprint);
  });

  it('that is no key is refused, not used', () => {
    expect(() => masterKey('c2hvcnQ=', 'a file')).toThrow('the master key in a file is not 32 bytes');
  });
});

describe('a value that was encrypted', () => {
  it('opens for its tenant at its place, and nowhere else', async () => {
    const box = boxOf((await claim(aKey())).master);
    const sealed = (await box.sealer(defaultTenantId)).seal(place, plain);
    expect(sealed.includes(plain)).toBe(false);
    expect(await box.open(defaultTenantId, place, sealed)).toEqual(plain);
    await expect(box.open(defaultTenantId, 'credential/2', sealed)).rejects.toThrow(CannotDecryptError);
    await expect(box.open(otherTenant, place, sealed)).rejects.toThrow(CannotDecryptError);
  });

  it('opens in every process, also when two make the first key of the tenant at once', async () => {
    const { master } = await claim(aKey());
    const boxes = Array.from({ length: 4 }, () => boxOf(master));
    const sealed = await Promise.all(boxes.map(async (box) => (await box.sealer(otherTenant)).seal(place, plain)));
    for (const box of boxes) for (const each of sealed) expect(await box.open(otherTenant, place, each)).toEqual(plain);
  });

  it('opens under the key that its number names, when the tenant has a newer one', async () => {
    const { master } = await claim(aKey());
    const sealed = (await boxOf(master).sealer(defaultTenantId)).seal(place, plain);
    expect(sealed.readUInt32BE(1)).toBe(1);
    const missing = Buffer.from(sealed);
    missing.writeUInt32BE(9, 1);
    await expect(boxOf(master).open(defaultTenantId, place, missing)).rejects.toThrow(
      'the key 9 of the tenant is missing',
    );
  });
});
