import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../json.ts';
import { canonicalJson } from './canonical.ts';

describe('canonical JSON', () => {
  it('does not depend on the order of keys or on how numbers were written [D1]', () => {
    expect(canonicalJson(JSON.parse('{"b":[1.0,1e0,-0],"a":{"d":null,"c":"é"}}'))).toBe(
      '{"a":{"c":"é","d":null},"b":[1,1,0]}',
    );
    expect(canonicalJson(JSON.parse('{"__proto__":1,"constructor":2}'))).toBe('{"__proto__":1,"constructor":2}');
  });

  it('is the same value again, and the same text for keys in any order', () => {
    const reversed = (value: Json): Json => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, reversed(inner)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        const value = JSON.parse(JSON.stringify(given)) as Json;
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });

  it('writes values of any depth without running out of stack [F61]', () => {
    let deep: Json = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(canonicalJson(deep)).toHaveLength(200_001);
  });
});
