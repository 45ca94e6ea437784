/** What people have tried on other languages: nothing reaches a prototype, a global or code. */
import { describe, expect, it } from 'vitest';
import { evaluate, fill, issuesOf } from '../../testing/expression/evaluate.ts';
import type { Json } from '../json.ts';

const refused = [
  'this',
  'globalThis.process',
  'process.env',
  'require("fs")',
  'import("fs")',
  'eval("1")',
  'Function("return 1")()',
  'window',
  'constructor',
  '__proto__',
  'arguments',
  'input.map(x => x)',
  '(() => 1)()',
  'x => x',
  'input.f`1`',
  '`${1}`',
  'class A extends input {}',
  'new Date()',
  'function() {}',
  'async () => 1',
  'function* () {}',
  '[...input]',
  '{...input}',
  'input?.x',
  'input ?? 1',
  'input.x = 1',
  'input.x++',
  '++input',
  'input; 1',
  'var a = 1',
  'let a = 1',
  'while (true) {}',
  'for (;;) {}',
  'switch (1) {}',
  'try {} catch (e) {}',
  'throw 1',
  'delete input.x',
  'void 0',
  'typeof input',
  'input instanceof Object',
  'yield 1',
  'await input',
  'get x() {}',
  '{get x() { return 1 }}',
  '{["a"]: 1}',
  '[1,,2]',
  'Symbol.iterator',
  'Reflect.get(input)',
  'Proxy(input)',
  'Error.prepareStackTrace',
  'Object.getPrototypeOf(input)',
  'input.constructor("x")',
  'input.toString()',
  'input.__defineGetter__("a", 1)',
  '\\u0069nput',
  'in\\u0070ut',
  'input.\\u0061',
  'inp\u200but',
  '"a".constructor("x")()',
  '[].constructor',
  '(1).constructor',
  '/a/.test("a")',
  '{{ 1 }}',
  '{% 1 %}',
  '<%= 1 %>',
  '#{1}',
  '$input',
  '@input',
  'input!',
  '1,2',
  'input..constructor',
  "'a'.sub.call.call",
  'input.map(constructor.prototype, 1)',
  'std.exec("ls")',
  'range(1).map(__proto__)',
];

describe('code of other languages is refused when it is saved [S050]', () => {
  it.each(refused)('%s', (source) => {
    expect(issuesOf(source).length).toBeGreaterThan(0);
  });
});

describe('names of prototypes are data or nothing [S050 S051]', () => {
  const inherited = [
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '__defineGetter__',
    '__lookupSetter__',
    'isPrototypeOf',
    'toJSON',
    'then',
    'caller',
  ];
  const holders = { input: { map: {}, list: [1], text: 'a', n: 1, flag: true } };

  it.each(inherited)('%s is no field of anything', (name) => {
    for (const holder of ['input', 'input.map']) {
      for (const form of [
        `${holder}.${name}`,
        `${holder}["${name}"]`,
        `${holder}["${name}" + ""]`,
        `{"a": 1}.${name}`,
        `[1].map(k, ${holder}.${name})`,
      ]) {
        expect(() => evaluate(form, holders)).toThrow(/no such field/);
      }
      expect(evaluate(`has(${holder}.${name})`, holders)).toBe(false);
      expect(evaluate(`"${name}" in ${holder}`, holders)).toBe(false);
      expect(evaluate(`${holder}.?${name}.hasValue()`, holders)).toBe(false);
    }
    for (const holder of ['input.list', 'input.text', 'input.n', 'input.flag'])
      expect(() => evaluate(`${holder}.${name}`, holders)).toThrow(/no such field|indexed by/);
  });

  it('keeps them as keys through every way a map is built', () => {
    const input = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": 3}') as Json;
    expect(evaluate('input.__proto__.polluted + input.constructor + input["toString"]', { input })).toBe(6);
    const text = '{"__proto__":{"polluted":1},"constructor":2,"toString":3}';
    for (const source of [
      'input',
      'parse_json(json(input))',
      'input.transformMap(k, v, v)',
      'input.map(k, k).transformMapEntry(i, k, {k: input[k]})',
      '{"__proto__": input.__proto__, "constructor": 2, "toString": 3}',
      '[input][0]',
      '{"a": input, "t": timestamp(0)}.a',
    ]) {
      expect(JSON.stringify(evaluate(source, { input }))).toBe(text);
    }
    expect(JSON.stringify(evaluate('{"__proto__": timestamp(0)}'))).toBe('{"__proto__":"1970-01-01T00:00:00.000Z"}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('compares own keys only', () => {
    const input = JSON.parse('{"a": {"__proto__": 1}, "b": {"__proto__": 1}, "c": {}}') as Json;
    expect(evaluate('input.a == input.b && input.a != input.c && input.c == {}', { input })).toBe(true);
  });

  it('finds no name outside of the scope', () => {
    expect(() => evaluate('absent')).toThrow(/does not exist here/);
    expect(() => fill('${ constructor }', {})).toThrow(/no name/);
  });

  it('keeps U+0000 and lone surrogates', () => {
    const input = ['\u0000', '\ud800', 'a\udfffb', '\ud800\udc00'];
    expect(evaluate('input.map(x, x + "")', { input })).toEqual(input);
    expect(evaluate('input.map(x, size(x))', { input })).toEqual([1, 1, 3, 1]);
    expect(evaluate('parse_json(json(input))', { input })).toEqual(input);
    expect(evaluate('input[1].reverse() + input[2].substring(1, 2) + {input[0]: input[1]}[input[0]]', { input })).toBe(
      '\ud800\udfff\ud800',
    );
  });
});
