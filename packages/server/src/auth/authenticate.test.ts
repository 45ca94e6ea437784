import { expect, test } from 'vitest';
import { generateApiKey, hashApiKey } from './api-key.ts';
import { createAuthenticator } from './authenticate.ts';
import type { StoredKey } from './store.ts';

function setup() {
  const key = generateApiKey();
  const time = { ms: 0 };
  const stored = new Map<string, StoredKey>();
  const asked: string[] = [];
  const put = (more: Partial<StoredKey> = {}) => {
    stored.set(hashApiKey(key).toString('hex'), {
      id: 'k',
      tenantId: 't',
      permissions: ['*'],
      expiresAt: null,
      ...more,
    });
  };
  const authenticate = createAuthenticator({
    async findKey(hash) {
      asked.push(hash.toString('hex'));
      return stored.get(hash.toString('hex'));
    },
    now: () => time.ms,
    wallClock: () => time.ms,
  });
  return { key, time, stored, asked, put, as: async (text = key) => authenticate({ 'x-api-key': text }) };
}

test('a key that is known is asked for once, and then remembered for less than a second [S034]', async () => {
  const { as, put, asked, time, stored } = setup();
  put();
  expect(await as()).toMatchObject({ tenantId: 't', principalId: 'k', kind: 'api_key' });
  time.ms = 800;
  await as();
  expect(asked).toHaveLength(1);
  stored.clear();
  time.ms = 1_000;
  await expect(as()).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a key that is not known is never remembered, so that it works as soon as it is made', async () => {
  const { as, put } = setup();
  await expect(as()).rejects.toMatchObject({ code: 'unauthenticated' });
  put();
  expect(await as()).toMatchObject({ principalId: 'k' });
});

test('many requests with one key at the same time are one question', async () => {
  const { as, put, asked } = setup();
  put();
  await Promise.all(Array.from({ length: 100 }, () => as()));
  expect(asked).toHaveLength(1);
});

test('a key past its end is nobody', async () => {
  const { as, put, time } = setup();
  put({ expiresAt: 5_000 });
  expect(await as()).toMatchObject({ principalId: 'k' });
  time.ms = 5_000;
  await expect(as()).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a flood of guesses is told to come later, and does not queue at the database', async () => {
  const { as } = setup();
  const outcomes = await Promise.allSettled(Array.from({ length: 500 }, () => as(generateApiKey())));
  const codes = outcomes.map((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'known',
  );
  expect(codes.filter((code) => code === 'overloaded')).toHaveLength(300);
  await expect(as()).rejects.toMatchObject({ code: 'unauthenticated' });
});
