import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Sql, sql } from './sql.ts';

describe('sql', () => {
  it('makes a parameter of every value', () => {
    expect(sql`select ${1} where ${'x'} = a`).toEqual({ text: 'select $1 where $2 = a', values: [1, 'x'] });
  });

  it('puts nested fragments in line and numbers them anew', () => {
    const inner = sql`a = ${1} and b = ${2}`;
    const outer = sql`select ${0} where ${inner} or ${sql`not (${inner})`} limit ${3}`;
    expect(outer).toEqual({
      text: 'select $1 where a = $2 and b = $3 or not (a = $4 and b = $5) limit $6',
      values: [0, 1, 2, 1, 2, 3],
    });
  });

  it('never lets a value into the text, also one that looks like a fragment', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.integer(), fc.record({ text: fc.string(), values: fc.array(fc.string()) }))),
        (values) => {
          const statement = values.reduce((all: Sql, value) => sql`${all}, ${value}`, sql`0`);
          expect(statement.text).toBe(['0', ...values.map((_, index) => `$${index + 1}`)].join(', '));
          expect(statement.values).toEqual(values);
        },
      ),
    );
  });
});
