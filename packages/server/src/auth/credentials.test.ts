import { expect, test } from 'vitest';
import { Problem } from '../kernel/errors/problem.ts';
import { apiKeyPrefix, generateApiKey, hashApiKey, isApiKey } from './api-key.ts';
import { readApiKey } from './credentials.ts';

const key = generateApiKey();

function refusal(headers: Record<string, string>): Problem {
  try {
    readApiKey(headers);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test('a made key has the form that is asked of keys, and no two are alike', () => {
  expect(isApiKey(key)).toBe(true);
  expect(new Set(Array.from({ length: 100 }, generateApiKey)).size).toBe(100);
  expect(hashApiKey(key)).toHaveLength(32);
  expect(key.startsWith(apiKeyPrefix(key))).toBe(true);
  expect(apiKeyPrefix(key).length).toBeLessThan(16);
});

test('a key may come as a bearer token, in a header of its own, or in both if they agree', () => {
  expect(readApiKey({ authorization: `Bearer ${key}` })).toBe(key);
  expect(readApiKey({ authorization: `bearer  ${key}` })).toBe(key);
  expect(readApiKey({ 'x-api-key': key })).toBe(key);
  expect(readApiKey({ authorization: `Bearer ${key}`, 'x-api-key': key })).toBe(key);
});

test('two headers that contradict each other are nobody', () => {
  expect(refusal({ authorization: `Bearer ${key}`, 'x-api-key': generateApiKey() }).status).toBe(401);
  expect(refusal({ authorization: 'Basic eDp5', 'x-api-key': key }).status).toBe(401);
});

test('what is missing or malformed is a 401 that says how to do it, and repeats nothing [S019]', () => {
  const tries = [
    '',
    'Bearer',
    'Bearer ',
    `Bearer ${key} x`,
    'Bearer cfk_live_short',
    `Token ${key}`,
    `Bearer ${key}\u00e9`,
    `Bearer ${'x'.repeat(8000)}`,
  ];
  for (const authorization of tries) {
    const { code, headers, message } = refusal({ authorization });
    expect([authorization, code]).toEqual([authorization, 'unauthenticated']);
    expect(headers['www-authenticate']).toContain('Bearer');
    expect(message).not.toContain('cfk_live');
  }
  expect(refusal({}).code).toBe('unauthenticated');
});
