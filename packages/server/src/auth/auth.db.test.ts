import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { defaultTenantId } from '../kernel/db/database.ts';
import { sql } from '../kernel/sql/sql.ts';
import { generateApiKey, hashApiKey } from './api-key.ts';
import { createAuth } from './index.ts';
import { findKeyByHash } from './store.ts';

let fixture: TestDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
});
afterAll(() => fixture?.drop());

const auth = () => createAuth({ database: fixture.database, clock: { now: () => Date.now() } });
const owner = { role: 'owner' } as const;

test('of several starters at once exactly one makes the first key, and it is the administrator', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => auth().makeFirstKey()));
  const keys = made.filter((key) => key !== null);
  expect(keys).toHaveLength(1);
  expect(await auth().authenticate({ 'x-api-key': keys[0] })).toMatchObject({
    tenantId: defaultTenantId,
    permissions: ['*'],
  });
  expect(await auth().makeFirstKey()).toBeNull();
});

test('the configured key is made once, however often and by however many it is asked for', async () => {
  const key = generateApiKey();
  await Promise.all(Array.from({ length: 5 }, () => auth().ensureBootstrapKey(key)));
  const rows = await fixture.database.query(owner, sql`select id from api_keys where key_hash = ${hashApiKey(key)}`);
  expect(rows).toHaveLength(1);
  expect(await auth().authenticate({ 'x-api-key': key })).toMatchObject({ tenantId: defaultTenantId });
});

test('a configured key that was revoked stays revoked [S034]', async () => {
  const key = generateApiKey();
  await auth().ensureBootstrapKey(key);
  await fixture.database.transaction(owner, (tx) =>
    tx.execute(sql`update api_keys set revoked_at = now() where key_hash = ${hashApiKey(key)}`),
  );
  await auth().ensureBootstrapKey(key);
  await expect((async () => auth().authenticate({ 'x-api-key': key }))()).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

test('nothing of a key but its hash and its beginning is stored [S031]', async () => {
  const key = generateApiKey();
  await auth().ensureBootstrapKey(key);
  const [row] = await fixture.database.query<{ text: string }>(
    owner,
    sql`select row_to_json(k)::text as text from api_keys k where key_hash = ${hashApiKey(key)}`,
  );
  expect(row?.text).toContain(key.slice(0, 13));
  expect(row?.text).not.toContain(key.slice(0, 16));
});

test('who shows a hash sees that one key and no other [S046]', async () => {
  const [mine, other] = [generateApiKey(), generateApiKey()];
  await auth().ensureBootstrapKey(mine);
  await auth().ensureBootstrapKey(other);
  const seen = await fixture.database.query<{ key_hash: Buffer }>(
    { role: 'app', apiKeyHash: hashApiKey(mine) },
    sql`select key_hash from api_keys`,
  );
  expect(seen.map(({ key_hash }) => key_hash.toString('hex'))).toEqual([hashApiKey(mine).toString('hex')]);
  expect(await findKeyByHash(fixture.database, hashApiKey(generateApiKey()))).toBeUndefined();
});
