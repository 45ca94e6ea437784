import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, scopeOf, templateIssues } from '../../testing/expression/evaluate.ts';
import type { Json } from '../json.ts';
import { compileExpression, ExpressionError } from './index.ts';

const json = fc.jsonValue() as fc.Arbitrary<Json>;
const fragments = fc.constantFrom(
  'input',
  'steps',
  '.',
  '?',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  ',',
  ':',
  '+',
  '-',
  '*',
  '/',
  '%',
  '!',
  '&&',
  '||',
  '==',
  '<',
  'in',
  '"a"',
  "'",
  '"""',
  'r"',
  '\\',
  '1',
  '1.5',
  '0x',
  'u',
  'true',
  'null',
  ' ',
  '//',
  '\n',
  'map',
  'has',
  'size',
  'x',
  '`',
  '${',
  '$',
  '\u0000',
  '\ud800',
  'é',
);

describe('the compiler', () => {
  it('never throws, whatever the text is, and what it accepts gives JSON or an ExpressionError', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fragments, { maxLength: 20 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, json, (source, input) => {
        const compiled = compileExpression(source, { names: ['input', 'x'] });
        templateIssues(`\${${source}`);
        if ('issues' in compiled) {
          for (const { position } of compiled.issues) expect(position >= 0 && position <= source.length).toBe(true);
          return;
        }
        try {
          expect(JSON.stringify(compiled.ok.evaluate(scopeOf({ input, x: 1 })))).toBeTypeOf('string');
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('any JSON', () => {
  it('goes through json() and parse_json() unchanged', () => {
    fc.assert(
      fc.property(json, (input) => {
        expect(JSON.stringify(evaluate('parse_json(json(input))', { input }))).toBe(JSON.stringify(input));
      }),
    );
  });

  it('can be written as a literal', () => {
    fc.assert(
      fc.property(json, (input) => {
        const literal = JSON.stringify(input);
        fc.pre(!/[0-9]{16}/.test(literal)); // whole numbers beyond 2^53 - 1 are refused
        expect(evaluate(`input == ${literal}`, { input })).toBe(true);
      }),
    );
  });

  it('equals itself and a copy of itself, and equality has two equal sides', () => {
    fc.assert(
      fc.property(json, json, (input, other) => {
        expect(
          evaluate('input == input && input == parse_json(json(input)) && input in [other, input]', { input, other }),
        ).toBe(true);
        expect(
          evaluate('(input == other) == (other == input) && (input != other) == !(input == other)', { input, other }),
        ).toBe(true);
      }),
    );
  });
});

describe('arithmetic', () => {
  it('agrees with JavaScript where it is defined, and fails elsewhere', () => {
    const operators = {
      '+': (a: number, b: number) => a + b,
      '-': (a: number, b: number) => a - b,
      '*': (a: number, b: number) => a * b,
      '/': (a: number, b: number) => a / b,
      '%': (a: number, b: number) => a % b,
    };
    const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(
        number,
        number,
        fc.constantFrom(...(Object.keys(operators) as (keyof typeof operators)[])),
        (a, b, operator) => {
          const expected = operators[operator](a, b);
          const isExact =
            Math.abs(expected) <= Number.MAX_SAFE_INTEGER || !(Number.isInteger(a) && Number.isInteger(b));
          const run = () => evaluate(`a ${operator} b`, { a, b });
          if (Number.isFinite(expected) && isExact) expect(run()).toBe(expected);
          else expect(run).toThrow(ExpressionError);
        },
      ),
    );
  });

  it('orders any two numbers one way', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        expect(evaluate('[a < b, a == b, a > b]', { a, b })).toEqual([a < b, a === b, a > b]);
      }),
    );
  });
});

describe('text', () => {
  it('is ordered by code points and taken apart by them', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const points = (value: string) => Array.from(value, (point) => point.codePointAt(0) ?? 0);
        const [left, right] = [points(a), points(b)];
        const at = left.findIndex((point, index) => point !== right[index]);
        const isLess = at < 0 ? left.length < right.length : at < right.length && (left[at] ?? 0) < (right[at] ?? 0);
        expect(evaluate('a < b', { a, b })).toBe(isLess);
        expect(evaluate('size(a) + size(b)', { a, b })).toBe(left.length + right.length);
        expect(evaluate('a.split("").join() == a && a.reverse().reverse() == a', { a, b })).toBe(true);
        expect(
          evaluate('(a + b).indexOf(b) <= size(a) && (a + b).substring(0, size(a)) == a', {
            a: a.toWellFormed(),
            b: b.toWellFormed(),
          }),
        ).toBe(true);
      }),
    );
  });
});
