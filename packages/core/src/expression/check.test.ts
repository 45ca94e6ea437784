import { describe, expect, it } from 'vitest';
import { issuesOf } from '../../testing/expression/evaluate.ts';
import { compileExpression, type StaticType } from './index.ts';

describe('syntax that is refused, with its position', () => {
  it.each([
    ['', 0],
    ['   ', 3],
    ['${ }', 3],
    ['input..x', 6],
    ['1 +', 3],
    ['(1', 2],
    ['[1', 2],
    ['{"a" 1}', 5],
    ['{"a": 1', 7],
    ['1 2', 2],
    ['"a', 0],
    ['"a\nb"', 0],
    ["'''a'", 0],
    ['"\\q"', 1],
    ['"\\x4"', 1],
    ['"\\U00110000"', 1],
    ['1.', 2],
    ['0x', 1],
    ['1u2', 2],
    ['1.5u', 0],
    ['9007199254740992', 0],
    ['1e999', 0],
    ['12abc', 2],
    ['a = 1', 2],
    ['true & false', 5],
    ['true | false', 5],
    ['#', 0],
    ['é', 0],
    ['`a', 0],
    ['while', 0],
    ['input.x + let', 10],
    ['Foo{a: 1}', 3],
    ['has(1)', 4],
    ['has(input)', 4],
    ['has()', 0],
    ['input.map(1, 2)', 10],
    ['input.map(x)', 6],
    ['input.all(x, x, x, x)', 6],
    ['[1].all(x, x, x)', 4],
    ['${ 1 } x', 7],
    ['${ 1', 0],
    ['1 ? 2', 5],
    ['input[', 6],
    ['input.?', 7],
    ['f(', 2],
    ['f(1,)', 4],
    ['x in', 4],
    ['cel.bind(1, 2, 3)', 9],
  ])('%j at %d', (source, position) => {
    const [issue] = issuesOf(source);
    expect(issue).toMatchObject({ code: 'expression_syntax', position });
  });

  it('counts the position from the start of the string, ${ included', () => {
    expect(issuesOf('${ input + 1 + }')[0]).toMatchObject({ position: 15 });
    expect(issuesOf('  ${ ghost }')[0]).toMatchObject({ code: 'unknown_name', position: 5 });
  });

  it.each(['input.while', 'input.import', 'input["let"]', 'input.loop', 'input.in', 'input.null'])(
    'a reserved word is a field all the same: %s',
    (source) => {
      expect(issuesOf(source)).toEqual([]);
    },
  );
});

describe('names and functions that do not exist', () => {
  it.each([
    ['inptu.x', 'unknown_name', 0, 'input'],
    ['1 + stesp.a', 'unknown_name', 4, 'steps'],
    ['ghost', 'unknown_name', 0, undefined],
    ['[1].map(item, itme)', 'unknown_name', 14, 'item'],
    ['sise([1])', 'unknown_function', 0, 'size'],
    ['input.startswith("a")', 'unknown_function', 6, 'startsWith'],
    ['math.flor(1)', 'unknown_function', 5, 'math.floor'],
    ['input.frobnicate()', 'unknown_function', 6, undefined],
    ['input.fliter(x)', 'unknown_function', 6, 'filter'],
    ['contains(input, "a")', 'unknown_function', 0, 'value.contains(…)'],
    ['input.hash("sha256")', 'unknown_function', 6, 'hash(…)'],
    ['input.orValu(1)', 'unknown_function', 6, 'orValue'],
    ['math', 'unknown_name', 0, undefined],
    ['[1].map(x, x) == x', 'unknown_name', 17, undefined],
  ])('%s: %s at %d, meant %s', (source, code, position, suggestion) => {
    const [issue, ...others] = issuesOf(source);
    expect(issue).toMatchObject({ code, position });
    expect(issue?.suggestion).toBe(suggestion);
    expect(others).toEqual([]);
  });

  it('finds all of them in one go', () => {
    expect(issuesOf('ghost + phantom(spirit)').map((issue) => issue.code)).toEqual([
      'unknown_name',
      'unknown_function',
      'unknown_name',
    ]);
  });
});

describe('type errors that no data can mend', () => {
  it.each([
    '1 + "a"',
    '"a" + 1',
    '!1',
    '-"a"',
    '1 < "a"',
    '"a" && true',
    'true || 1',
    '1 ? 2 : 3',
    '"a".b',
    '(1).x',
    '[1].a',
    '1[0]',
    '[1]["a"]',
    '{[1]: 2}',
    '1 in 2',
    '[] in {}',
    'size(1)',
    'size()',
    'size(1, 2)',
    '"a".startsWith()',
    '"a".startsWith(1)',
    '"a".size(1)',
    '1.map(x, x)',
    '[1].filter(x, "a")',
    '[1].all(x, 1)',
    '"a".orValue(1)',
    'input.?x.orValue()',
    '{?"a": 1}',
    '[?1]',
    'timestamp(0) + timestamp(0)',
    'timestamp(0) + 1',
    'duration("1s") * 2',
    'int("x")',
    'duration("abc")',
    'timestamp("yesterday")',
    'bool("maybe")',
    'input.matches("(")',
    'matches("a", "[")',
    'now(1)',
    'uuid("x")',
    'math.abs("1")',
    'has((1).x)',
    '1 / "a"',
    '[1] - [1]',
    'true + true',
    '{} < {}',
    'now() == 1 ? 1 + "a" : 2',
  ])('%s', (source) => {
    expect(issuesOf(source)[0]?.code).toMatch(/expression_type|expression_syntax/);
  });

  it.each([
    'input + 1',
    'input.a < input.b',
    '1 == "a"',
    'null != 1',
    '[1] == {}',
    'input.x ? 1 : 2',
    'dyn(1) + "a"',
    'size(input)',
    'input.matches(vars.pattern)',
    'input.getHours()',
    'input.reverse()',
    'type(1) == int',
    '1 in {}',
    'input[vars.i]',
    '{1: 2}',
    'input.?a.b.c',
    '[1, "a", null]',
    'input.x == null || input.x.y > 1',
    'input.items.map(i, i.price * i.n)',
    'google.protobuf.Timestamp == type(now())',
    'math.greatest(input.list)',
    'true ? 1 : "a"',
  ])('%s is allowed', (source) => {
    expect(issuesOf(source)).toEqual([]);
  });
});

describe('the static type', () => {
  it.each<[string, StaticType]>([
    ['1', 'number'],
    ['"a"', 'string'],
    ['null', 'null'],
    ['input.x', 'dyn'],
    ['input.x == 1', 'bool'],
    ['input.x && true', 'bool'],
    ['!input', 'bool'],
    ['1 + input.n', 'number'],
    ['input.a + input.b', 'dyn'],
    ['[1]', 'list'],
    ['{}', 'map'],
    ['b""', 'bytes'],
    ['now()', 'timestamp'],
    ['now() - now()', 'duration'],
    ['now() + input.d', 'timestamp'],
    ['now() - input.d', 'dyn'],
    ['uuid()', 'string'],
    ['type(1)', 'type'],
    ['int', 'type'],
    ['input.?x', 'optional'],
    ['input.?x.y', 'optional'],
    ['input.?x.orValue(1)', 'dyn'],
    ['true ? 1 : 2', 'number'],
    ['true ? 1 : "a"', 'dyn'],
    ['[1].map(x, x)', 'list'],
    ['[1].exists(x, x == 1)', 'bool'],
    ['{}.transformMap(k, v, v)', 'map'],
    ['input.reverse()', 'dyn'],
    ['"a".reverse()', 'string'],
    ['has(input.x)', 'bool'],
    ['cel.bind(x, 1, x > 0)', 'bool'],
    ['parse_json("1")', 'dyn'],
  ])('of %s is %s', (source, type) => {
    const compiled = compileExpression(source, { names: ['input'] });
    expect('ok' in compiled && compiled.ok.type).toBe(type);
  });
});

describe('volatility', () => {
  it.each([
    ['now()', true],
    ['[1].map(x, uuid())', true],
    ['input.?x.orValue(now())', true],
    ['input.now', false],
    ['"now()"', false],
  ])('%s: %s', (source, volatile) => {
    const compiled = compileExpression(source, { names: ['input'] });
    expect('ok' in compiled && compiled.ok.volatile).toBe(volatile);
  });
});
