import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstIdAt } from './id-range.ts';

it('orders ids as their times, and is itself an id that PostgreSQL can read', () => {
  const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  fc.assert(
    fc.property(time, time, (a, b) => {
      expect(firstIdAt(a)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(firstIdAt(a) < firstIdAt(b)).toBe(a < b);
    }),
  );
});

it('is not larger than any UUIDv7 of its own millisecond', () => {
  const id = '01900a2b-3c4d-7000-8000-000000000000';
  const at = 0x01900a2b3c4d;
  expect(firstIdAt(at) <= id).toBe(true);
  expect(firstIdAt(at + 1) > id).toBe(true);
});

it('keeps times before 1970 and beyond 48 bits inside the range of ids', () => {
  expect(firstIdAt(-5)).toBe('00000000-0000-0000-0000-000000000000');
  expect(firstIdAt(Number.MAX_SAFE_INTEGER)).toBe('ffffffff-ffff-0000-0000-000000000000');
});
