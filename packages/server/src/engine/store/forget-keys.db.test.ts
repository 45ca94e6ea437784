import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { forgetKeys } from './forget-keys.ts';

let fixture: TestDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
});
afterAll(() => fixture?.drop());

test('keys past their window by the clock of the database are forgotten, younger ones are kept, also when several processes do it at once [F46]', async () => {
  const { database } = fixture;
  await database.transaction({ role: 'owner' }, (tx) =>
    tx.execute(sql`insert into execution_keys (tenant_id, execution_id, created_at, key, hash)
      select ${defaultTenantId}::uuid, gen_random_uuid(), now() - n * interval '1 minute', 'k' || n, '\\x00'
        from generate_series(1, 12000) n`),
  );
  const olderThanMs = 600.5 * 60_000;
  const { signal } = new AbortController();
  const counts = await Promise.all(Array.from({ length: 3 }, () => forgetKeys(database, { olderThanMs, signal })));
  await forgetKeys(database, { olderThanMs, signal });
  expect(Math.max(...counts)).toBeGreaterThan(0);
  const [left] = await database.query<{ count: number; oldest: string }>(
    { role: 'owner' },
    sql`select count(*)::int as count, max(substr(key, 2)::int)::text as oldest from execution_keys`,
  );
  expect(left).toEqual({ count: 600, oldest: '600' });
});
