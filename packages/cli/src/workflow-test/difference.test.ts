import type { Json } from '@cloudflow/core/json.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differences } from './difference.ts';

const wholly = { partly: false };
const partly = { partly: true };

it('tells each place where two values differ, with what stands there', () => {
  expect(differences({ a: [1, 2], 'b/c': null }, { a: [1, 3, 4], d: true }, wholly)).toEqual([
    { pointer: '/a/1', expected: 2, actual: 3 },
    { pointer: '/a/2', expected: undefined, actual: 4 },
    { pointer: '/b~1c', expected: null, actual: undefined },
    { pointer: '/d', expected: undefined, actual: true },
  ]);
});

it('takes a part of an object for the whole where a part was asked for, but not a part of a list', () => {
  expect(differences({ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, partly)).toEqual([]);
  expect(differences([1], [1, 2], partly)).toEqual([{ pointer: '/1', expected: undefined, actual: 2 }]);
});

it('does not take a list for an object, a text for a number, or what an object inherits for its own', () => {
  expect(differences({}, [], wholly)).toHaveLength(1);
  expect(differences('1', 1, wholly)).toHaveLength(1);
  expect(differences({ toString: null }, {}, wholly)).toEqual([
    { pointer: '/toString', expected: null, actual: undefined },
  ]);
});

it('finds nothing between a value and itself, and the one place that was changed, 20 places at the most', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, key) => {
      const given = JSON.parse(JSON.stringify({ [key]: value })) as Json;
      expect(differences(given, structuredClone(given), wholly)).toEqual([]);
      const changed = JSON.parse(JSON.stringify({ [key]: [value] })) as Json;
      expect(differences(given, changed, wholly).length).toBeGreaterThan(0);
    }),
  );
  const many = Array.from({ length: 50 }, (_, at) => at);
  expect(differences(many, many.map(String), wholly)).toHaveLength(20);
});
