import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { uuidV7 } from '../engine/index.ts';
import { CannotDecryptError } from '../kernel/crypto/aes-gcm.ts';
import { defaultTenantId } from '../kernel/db/database.ts';
import { masterKey } from '../kernel/secret/master-key.ts';
import { createPostgresSecrets } from '../kernel/secret/postgres-secrets.ts';
import { sql } from '../kernel/sql/sql.ts';
import { forgetCredentialKeys } from './forget-keys.ts';
import { type Credentials, createCredentials } from './service.ts';

let test: TestDatabase;
let credentials: Credentials;
const actor = { tenantId: defaultTenantId, principalId: randomUUID() };

beforeAll(async () => {
  test = await createTestDatabase();
  const master = masterKey(randomBytes(32).toString('base64'), 'the test');
  const secrets = createPostgresSecrets({ database: test.database, master, monotonic: () => performance.now() });
  credentials = createCredentials({ database: test.database, secrets, newId: () => uuidV7(Date.now()) });
});
afterAll(() => test.drop());

const draft = (name: string, value = `secret of ${name}`) => ({
  name,
  type: 'generic' as const,
  values: { value },
  description: '',
  allowedHosts: null,
});
const make = async (name: string) => (await credentials.create(actor, draft(name), undefined)).row;
const asOwner = (statement: ReturnType<typeof sql>) =>
  test.database.transaction({ role: 'owner' }, (tx) => tx.execute(statement));

describe('credentials in the database', () => {
  it('open by their name, for their tenant alone', async () => {
    await make('mine');
    expect(await credentials.open(defaultTenantId, 'mine')).toEqual({
      type: 'generic',
      values: { value: 'secret of mine' },
      secrets: ['secret of mine'],
      allowedHosts: null,
    });
    expect(await credentials.open(randomUUID(), 'mine')).toBeUndefined();
    expect(await credentials.missing(defaultTenantId, ['mine', 'other'])).toEqual(['other']);
  });

  it('are bound to their row: values that are copied into another one do not open', async () => {
    const [from, to] = [await make('from'), await make('to')];
    await asOwner(
      sql`update credentials set "values" = (select c."values" from credentials c where c.id = ${from.id}) where id = ${to.id}`,
    );
    await expect(credentials.open(defaultTenantId, 'to')).rejects.toThrow(CannotDecryptError);
    expect(await credentials.open(defaultTenantId, 'from')).toBeDefined();
  });

  it('keep what two changes at once have said, one after the other', async () => {
    const { id } = await make('both');
    await Promise.all([
      credentials.update(actor, id, { values: { value: 'the new value' } }),
      credentials.update(actor, id, { description: 'new words' }),
    ]);
    expect(await credentials.find(defaultTenantId, id)).toMatchObject({ description: 'new words' });
    expect((await credentials.open(defaultTenantId, 'both'))?.values).toEqual({ value: 'the new value' });
  });

  it('have one winner where several take a name at once', async () => {
    const made = await Promise.allSettled(Array.from({ length: 5 }, () => make('contended')));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('of a key are made again when the key is past its window, and not before', async () => {
    const { row } = await credentials.create(actor, draft('keyed'), 'a-key');
    expect(await credentials.create(actor, draft('keyed'), 'a-key')).toMatchObject({ row, replayed: true });
    await credentials.remove(defaultTenantId, row.id);
    await expect(credentials.create(actor, draft('keyed'), 'a-key')).rejects.toThrow('has been deleted since');
    const signal = new AbortController().signal;
    expect(await forgetCredentialKeys(test.database, { olderThanMs: 3_600_000, signal })).toBe(0);
    expect(await forgetCredentialKeys(test.database, { olderThanMs: -3_600_000, signal })).toBe(1);
    expect(await credentials.create(actor, draft('keyed'), 'a-key')).toMatchObject({ replayed: false });
  });
});
