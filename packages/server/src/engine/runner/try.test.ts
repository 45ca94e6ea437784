import { expect, it } from 'vitest';
import { tryName, tryNamed } from './try.ts';

it.each([
  { key: { s: 'pay' }, attempt: 1 },
  { key: { s: 'pay', p: 'each.3.inner' }, attempt: 12 },
  { key: { s: 'pay-2_b', p: 'a/b#1', r: 7 }, attempt: 2 },
])('a name means the try that it was made of: %j', (each) => {
  expect(tryNamed(tryName(each))).toEqual(each);
});
