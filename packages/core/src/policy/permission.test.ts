import { expect, test } from 'vitest';
import { permits } from './permission.ts';

test('a grant covers the permission that it names, and no other [S032]', () => {
  expect(permits(['workflow:read'], 'workflow:read')).toBe(true);
  expect(permits(['workflow:read'], 'workflow:write')).toBe(false);
  expect(permits(['workflow:read'], 'workflow:read-all')).toBe(false);
  expect(permits([], 'workflow:read')).toBe(false);
});

test('a wildcard stands for a whole part or for everything', () => {
  expect(permits(['*'], 'workflow:read')).toBe(true);
  expect(permits(['workflow:*'], 'workflow:write')).toBe(true);
  expect(permits(['*:read'], 'workflow:read')).toBe(true);
  expect(permits(['*:read'], 'workflow:write')).toBe(false);
  expect(permits(['workflow:*'], 'workflows:write')).toBe(false);
});

test('a wildcard inside a word is no wildcard', () => {
  expect(permits(['work*:read', 'workflow:re*', '**'], 'workflow:read')).toBe(false);
});
