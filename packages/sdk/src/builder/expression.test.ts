import { compileExpression } from '@cloudflow/core/expression/index.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { and, eq, expr, gt, has, lte, ne, not, or, type Ref, referenceTo, sourceOf } from './expression.ts';
import { render } from './value.ts';

const input: Ref<{ email: string; n: number; yes: boolean; list: { x: number }[]; 'a-b': string; in: string }> =
  referenceTo('input');

describe('a reference', () => {
  it('is its path', () => {
    expect(render(input.email)).toBe('${ input.email }');
    expect(render(input.list[0]?.x)).toBe('${ input.list[0].x }');
    expect(render({ a: [input.n] })).toEqual({ a: ['${ input.n }'] });
  });

  it('takes names that are no words of the language in brackets', () => {
    expect(render([input['a-b'], input.in])).toEqual(['${ input["a-b"] }', '${ input["in"] }']);
  });

  it('can be joined to text', () => {
    expect(`to ${input.email}!`).toBe('to ${ input.email }!');
  });
});

describe('operators', () => {
  it.each([
    [eq(input.email, 'a"b'), 'input.email == "a\\"b"'],
    [ne(input.yes, true), 'input.yes != true'],
    [gt(input.n, 1), 'input.n > 1'],
    [lte(input.n, input.list[0]?.x ?? 0), 'input.n <= input.list[0].x'],
    [and(gt(input.n, 1), input.yes), '(input.n > 1) && input.yes'],
    [or(not(input.yes), and()), '(!input.yes) || true'],
    [not(eq(input.n, 1)), '!(input.n == 1)'],
    [has(input.email), 'has(input.email)'],
    [expr`${input.n} in ${[1, 2]} || size(${{ a: null }}) > ${-1}`, 'input.n in [1, 2] || size({"a": null}) > -1'],
    [expr`${gt(input.n, 1)} ? 'a' : 'b'`, "(input.n > 1) ? 'a' : 'b'"],
  ])('%# are CEL', (made, source) => {
    expect(sourceOf(made)).toBe(source);
    expect(compileExpression(source, { names: ['input'] })).toHaveProperty('ok');
  });

  it('refuse what CEL has no literal for', () => {
    expect(() => expr`${() => 1}`).toThrow('a function cannot stand in an expression');
    expect(() => expr`${Number.POSITIVE_INFINITY}`).toThrow('cannot stand in an expression');
  });

  it('take any JSON as a literal', () => {
    const scope = { lookup: () => undefined, now: 0, uuid: () => '' };
    const wellFormed = fc
      .jsonValue()
      .filter((json) => JSON.stringify(json).isWellFormed() && !/\\ud/i.test(JSON.stringify(json)));
    fc.assert(
      fc.property(wellFormed, (json) => {
        const compiled = compileExpression(sourceOf(expr`${json}`) ?? '', { names: [] });
        if (!('ok' in compiled)) throw new Error(compiled.issues[0]?.message);
        expect(compiled.ok.evaluate(scope)).toEqual(JSON.parse(JSON.stringify(json)));
      }),
    );
  });
});
