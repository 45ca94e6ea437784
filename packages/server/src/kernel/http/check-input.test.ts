import Type from 'typebox';
import { expect, test } from 'vitest';
import { createCheck } from './check-input.ts';

const check = createCheck(
  Type.Object(
    {
      name: Type.String({ minLength: 2 }),
      'a/b': Type.Optional(Type.Integer({ minimum: 1 })),
      inner: Type.Optional(Type.Object({ on: Type.Boolean() }, { additionalProperties: false })),
      mode: Type.Optional(Type.Union([Type.Literal('first'), Type.Literal('all')])),
      either: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      shape: Type.Optional(Type.Union([Type.Object({ kind: Type.Literal('a'), n: Type.Integer() }), Type.String()])),
    },
    { additionalProperties: false },
  ),
);
const brief = (value: unknown) =>
  check(value).map(({ pointer, code, suggestion }) => [pointer, code, ...(suggestion ? [suggestion] : [])]);

test('a value that fits has no errors', () => {
  expect(check({ name: 'xy', mode: 'all', either: null })).toEqual([]);
});

test('a missing field is reported where it would stand', () => {
  expect(brief({ inner: {} })).toEqual([
    ['/name', 'missing'],
    ['/inner/on', 'missing'],
  ]);
});

test('an unknown field is reported with the one that was probably meant [S040]', () => {
  expect(brief({ name: 'xy', moed: 'all', tenantId: 'x' })).toEqual([
    ['/moed', 'unknown_field', 'mode'],
    ['/tenantId', 'unknown_field'],
  ]);
});

test('pointers escape what pointers must', () => {
  expect(brief({ name: 'xy', 'a/b': 0, 'c~d/e': 1 })).toEqual([
    ['/c~0d~1e', 'unknown_field'],
    ['/a~1b', 'out_of_range'],
  ]);
});

test('a choice of words lists them, a choice of types names them', () => {
  const errors = check({ name: 'xy', mode: 'last', either: 1 });
  expect(errors.map(({ message }) => message)).toEqual([
    'Expected one of "first", "all".',
    'Expected a string or null.',
  ]);
});

test('where an alternative fails deeper inside, that is told', () => {
  expect(brief({ name: 'xy', shape: { kind: 'a', n: 'no' } })).toContainEqual(['/shape/n', 'wrong_type']);
});

test('no message repeats a value, which may be a secret', () => {
  const errors = check({ name: 1, mode: 'hunter2', either: { password: 'hunter2' } });
  expect(errors.length).toBeGreaterThan(2);
  expect(JSON.stringify(errors)).not.toContain('hunter2');
});

test('a text of the wrong form is told what is expected in words, not as a pattern', () => {
  const named = createCheck(Type.Object({ name: Type.String({ pattern: '^[a-z]+$', 'x-expected': 'small letters' }) }));
  expect(named({ name: 'A' })).toEqual([
    { pointer: '/name', code: 'wrong_format', message: 'Expected small letters.' },
  ]);
});

test('every type confusion is an error and never an exception [S056]', () => {
  for (const value of [
    null,
    [],
    'text',
    1,
    true,
    { name: [] },
    { name: {} },
    { name: null },
    JSON.parse('{"__proto__":1}'),
  ]) {
    expect(check(value).length).toBeGreaterThan(0);
  }
});

test('a million unknown fields give a short answer', () => {
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1]));
  expect(check(many).length).toBeLessThanOrEqual(50);
});

test('pointers begin with the prefix that is asked for', () => {
  expect(check({}, '/query')[0]?.pointer).toBe('/query/name');
});
