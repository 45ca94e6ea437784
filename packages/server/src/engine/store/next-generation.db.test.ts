import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';
import { nextGeneration, wasRetriedSince } from './next-generation.ts';

let fixture: TestDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
});
afterAll(() => fixture?.drop());

it('retries that are asked for at the same time get generations of their own [F84]', async () => {
  const { database } = fixture;
  const rootId = randomUUID();
  const all = await Promise.all(Array.from({ length: 10 }, () => nextGeneration(database, defaultTenantId, rootId)));
  expect(all.sort((a = 0, b = 0) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await wasRetriedSince(database, defaultTenantId, { rootId, generation: 9 })).toBe(true);
  expect(await wasRetriedSince(database, defaultTenantId, { rootId, generation: 10 })).toBe(false);
});
