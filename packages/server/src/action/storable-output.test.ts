import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storableOutput } from './storable-output.ts';

const limits = { maxOutputBytes: 10_000, maxOutputDepth: 50 };

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

describe('the output of an action', () => {
  it('is stored as it is when it is JSON, U+0000, lone surrogates and __proto__ included [F90]', () => {
    const output = JSON.parse('{"__proto__":{"a":[1,null,true]},"b":"\\u0000\\ud800"}');
    expect(storableOutput(output, limits)).toEqual({ output });
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(storableOutput(value, { ...limits, maxOutputBytes: 1e9 })).toEqual({ output: value });
      }),
    );
  });

  it.each([
    [undefined, null],
    [{ a: undefined, b: [undefined] }, { b: [null] }],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [{ at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [{ toJSON: () => ({ a: 1 }) }, { a: 1 }],
  ])('becomes JSON: %j [F90]', (value, output) => {
    expect(storableOutput(value, limits)).toEqual({ output });
  });

  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  it.each([
    ['NaN', { a: Number.NaN }, 'NaN'],
    ['Infinity', [1 / 0], 'Infinity'],
    ['a BigInt', 1n, 'bigint'],
    ['a function', { f: () => 1 }, 'function'],
    ['a symbol', Symbol('s'), 'symbol'],
    ['a Map', new Map(), 'Map'],
    ['bytes', Buffer.from('a'), 'binary data'],
    ['a cycle', cyclic, 'nested deeper than 50'],
    ['too deep a nesting', nested(51), 'nested deeper than 50'],
    ['a bottomless nesting', nested(100_000), 'nested deeper than 50'],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('boo');
        },
      },
      'boo',
    ],
    ['a toJSON that gives NaN', { toJSON: () => Number.NaN }, 'NaN'],
  ])('is refused when it holds %s [F90]', (_what, value, message) => {
    expect(storableOutput(value, limits)).toMatchObject({
      error: { code: 'unstorable_value', message: expect.stringContaining(message), retryable: false },
    });
  });

  it('may have the size and depth of the limit, and not more', () => {
    expect(storableOutput('x'.repeat(9_998), limits)).toHaveProperty('output');
    expect(storableOutput('x'.repeat(9_999), limits)).toMatchObject({ error: { code: 'output_too_large' } });
    expect(storableOutput('ü'.repeat(5_000), limits)).toMatchObject({ error: { code: 'output_too_large' } });
    expect(storableOutput(nested(50), limits)).toHaveProperty('output');
  });

  it('is measured in bounded time, though it shares one object without end', () => {
    let bomb: unknown = 'x';
    for (let level = 0; level < 40; level += 1) bomb = [bomb, bomb, bomb];
    expect(storableOutput(bomb, limits)).toMatchObject({ error: { code: 'output_too_large' } });
  });
});
