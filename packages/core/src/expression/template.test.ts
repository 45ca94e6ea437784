import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fill, scopeOf, templateIssues } from '../../testing/expression/evaluate.ts';
import type { Json } from '../json.ts';
import { compileTemplate, Resolver, type StaticType } from './index.ts';

const data = { input: { n: 3, text: 'tea', list: [1, 2], map: { a: 1 }, nothing: null, half: 0.5, at: 42.0 } };

class Secret extends Resolver {
  field(name: string): Json | Resolver | undefined {
    return name === 'deep' ? new Secret() : name === 'word' ? 'xyzzy' : undefined;
  }
  toJson(): Json {
    return { word: '***' };
  }
}

describe('a string of a template', () => {
  it.each<[string, Json]>([
    ['${ input.n }', 3],
    ['${input.list}', [1, 2]],
    ['${ input.nothing }', null],
    ['${ input.map }', { a: 1 }],
    ['n is ${ input.n }', 'n is 3'],
    [' ${ input.n }', ' 3'],
    ['${ input.n }${ input.n }', '33'],
    ['${ input.text }!', 'tea!'],
    ['${ input.list } ${ input.map }', '[1,2] {"a":1}'],
    ['${ input.nothing }.', 'null.'],
    ['${ input.half }/${ input.at }', '0.5/42'],
    ['${ true }.', 'true.'],
    ['at ${ timestamp(0) }', 'at 1970-01-01T00:00:00.000Z'],
    ['${ duration("90m") }', '5400s'],
    ['for ${ duration("90m") }', 'for 5400s'],
    ['${ b"a" }!', 'YQ==!'],
    ['$${ input.n }', '${ input.n }'],
    ['a $${x} ${ input.n }', 'a ${x} 3'],
    ['$$${ input.n }', '$${ input.n }'],
    ['$', '$'],
    ['$$', '$$'],
    ['{}', '{}'],
    ['$ {x}', '$ {x}'],
    ['costs $${ and }', 'costs ${ and }'],
    ['${ input.n }$', '3$'],
    ['${ input.n }$${x}', '3${x}'],
    ['${ {"a": {"b": "}"}} }', { a: { b: '}' } }],
    ['${ "}" }', '}'],
    ["${ '${' }", '${'],
    ['${ r"\\}" + """}"}""" }', '\\}}"}'],
    ['${ {"a": 1}.a }}', '1}'],
    ['${ input.n // a comment with }\n }', 3],
    ['${ input.map.a }\u0000\ud800', '1\u0000\ud800'],
    ['', ''],
  ])('%j becomes %j', (template, value) => {
    expect(fill(template, data)).toEqual(value);
  });

  it.each<[Json, StaticType]>([
    ['a', 'string'],
    ['${ 1 }', 'number'],
    ['${ input.n }', 'dyn'],
    ['x${ 1 }', 'string'],
    [['${ 1 }'], 'list'],
    [{ a: '${ 1 }' }, 'map'],
    [1, 'number'],
    [null, 'null'],
    ['${ input.n > 1 }', 'bool'],
  ])('%j is of type %s', (template, type) => {
    const compiled = compileTemplate(template, { names: ['input'] });
    expect('ok' in compiled && compiled.ok.type).toBe(type);
  });
});

describe('a template', () => {
  it('fills in what is nested and leaves everything else as it is', () => {
    const template = { a: ['${ input.n }', { b: 'x', c: '${ input.text }' }], d: { e: [1, null] } };
    expect(fill(template, data)).toEqual({ a: [3, { b: 'x', c: 'tea' }], d: { e: [1, null] } });
  });

  it('hands on constant parts without copying them', () => {
    const constant = { deep: [1, { x: 'y' }] };
    const filled = fill({ constant, n: '${ input.n }' }, data) as { constant: Json };
    expect(filled.constant).toBe(constant);
  });

  it('is constant without an expression, and then gives the value itself', () => {
    const value = { a: ['b', 1], c: null };
    const compiled = compileTemplate(value, { names: [] });
    if ('issues' in compiled) throw new Error();
    expect(compiled.ok.constant).toBe(true);
    expect(compiled.ok.evaluate(scopeOf())).toBe(value);
  });

  it('never evaluates keys', () => {
    expect(fill({ '${ input.n }': '${ input.n }' }, data)).toEqual({ '${ input.n }': 3 });
  });

  it('takes __proto__ and constructor for keys like any other [S051]', () => {
    const template = JSON.parse(
      '{"__proto__": "${ input.n }", "constructor": {"prototype": "${ input.text }"}, "$": "$${"}',
    ) as Json;
    const filled = fill(template, data);
    expect(JSON.stringify(filled)).toBe('{"__proto__":3,"constructor":{"prototype":"tea"},"$":"${"}');
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('does not evaluate what data brings in [S052]', () => {
    expect(fill('${ input.text }', { input: { text: '${ input.secret } {{ 7 * 7 }}' } })).toBe(
      '${ input.secret } {{ 7 * 7 }}',
    );
    expect(fill('x ${ input.text }', { input: { text: '${ 1 }' } })).toBe('x ${ 1 }');
  });

  it('asks a resolver for fields, and for its JSON when the whole is wanted', () => {
    const given = { input: new Secret() };
    expect(
      fill(
        [
          '${ input.word }',
          '${ input.deep.word }',
          '${ input["word"] }',
          '${ input }',
          '${ [input.deep] }',
          'a ${ input }',
          '${ has(input.word) }',
          '${ has(input.none) }',
          '${ "word" in input }',
          '${ input.?none.orValue(1) }',
          '${ input.map(k, k) }',
          '${ input == {"word": "***"} }',
        ],
        given,
      ),
    ).toEqual([
      'xyzzy',
      'xyzzy',
      'xyzzy',
      { word: '***' },
      [{ word: '***' }],
      'a {"word":"***"}',
      true,
      false,
      true,
      1,
      ['word'],
      true,
    ]);
    expect(() => fill('${ input.none }', given)).toThrow(/no such field 'input.none'/);
  });

  it('gathers the references of all its strings, with pointers', () => {
    const compiled = compileTemplate({ a: ['${ input.n }'], 'b/~': 'x ${ now() + input.d }' }, { names: ['input'] });
    if ('issues' in compiled) throw new Error();
    expect(compiled.ok.volatile).toBe(true);
    expect(compiled.ok.references).toEqual([
      { name: 'input', path: ['n'], position: 3, optional: false, pointer: '/a/0' },
      { name: 'input', path: ['d'], position: 13, optional: false, pointer: '/b~1~0' },
    ]);
  });

  it('shares one budget among its expressions', () => {
    const heavy = Array.from({ length: 40 }, () => '${ range(90000).size() }');
    expect(fill(heavy.slice(0, 5))).toEqual([90000, 90000, 90000, 90000, 90000]);
    expect(() => fill(heavy)).toThrow(/too many steps/);
  });
});

describe('issues of a template', () => {
  it.each([
    ['${ input. }', '', 'expression_syntax', 10],
    ['${ input.n', '', 'expression_syntax', 0],
    ['a ${ "x }', '', 'expression_syntax', 5],
    ['ab ${ ghost }', '', 'unknown_name', 6],
    ['${ ${ 1 } }', '', 'expression_syntax', 3],
    ['${}', '', 'expression_syntax', 2],
    ['${ 1 }  ${ 2 + }', '', 'expression_syntax', 15],
  ])('%j at %j: %s at %d', (template, pointer, code, position) => {
    expect(templateIssues(template)[0]).toMatchObject({ pointer, code, position });
  });

  it('stand where their string stands, with the pointer escaped', () => {
    expect(templateIssues({ 'a/b': { '~c': ['x', '${ ghost } ${ 1 + "a" }'] }, ok: '${ input }' })).toMatchObject([
      { pointer: '/a~1b/~0c/1', code: 'unknown_name', position: 3 },
      { pointer: '/a~1b/~0c/1', code: 'expression_type', position: 14 },
    ]);
  });

  it('include one for a value that is nested too deeply', () => {
    let deep: Json = 'x';
    for (let level = 0; level < 10_000; level++) deep = [deep];
    expect(templateIssues(deep)).toMatchObject([{ code: 'expression_syntax' }]);
  });
});

describe('any template without ${', () => {
  it('evaluates to itself', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(!JSON.stringify(value).includes('${'));
        expect(fill(value as Json)).toBe(value);
      }),
    );
  });
});
