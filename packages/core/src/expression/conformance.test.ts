/** What the specification of CEL says, one row each; where ours differs (one number type) the row says what ours does. */
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../testing/expression/evaluate.ts';
import type { Json } from '../json.ts';

type Row = readonly [source: string, value: Json];

function table(topic: string, rows: readonly Row[]): void {
  describe(topic, () => {
    it.each(rows)('%j is %j', (source, value) => {
      expect(evaluate(source)).toEqual(value);
    });
  });
}

function failing(topic: string, rows: readonly (readonly [source: string, message: RegExp])[]): void {
  describe(topic, () => {
    it.each(rows)('%j fails with %s', (source, message) => {
      expect(() => evaluate(source)).toThrow(message);
    });
  });
}

table('literals', [
  ['0', 0],
  ['0u', 0],
  ['42', 42],
  ['-42', -42],
  ['0x5f', 95],
  ['-0x5F', -95],
  ['123u', 123],
  ['0xFFU', 255],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['-2.3e+1', -23],
  ['1e3', 1000],
  ['12e-1', 1.2],
  ['9007199254740991', 9007199254740991],
  ['true', true],
  ['false', false],
  ['null', null],
  ['""', ''],
  ["'a\"b'", 'a"b'],
  ['"""a"b\nc"""', 'a"b\nc'],
  ["'''a'b'''", "a'b"],
  ['""""a"""', '"a'],
  ['r"\\n"', '\\n'],
  ["R'\\d+'", '\\d+'],
  ['r"""\\"""', '\\'],
  ['"\\a\\b\\f\\n\\r\\t\\v\\\\\\?\\"\\\'\\`"', '\x07\b\f\n\r\t\v\\?"\'`'],
  ['"\\x41\\X42\\u0043\\U00000044\\105"', 'ABCDE'],
  ['"\\U0001F600"', '😀'],
  ['"\\ud83d\\ude00"', '😀'],
  ['b"abc"', 'YWJj'],
  ['b"\\xff\\377"', '//8='],
  ['b"ÿ"', 'w78='],
  ['br"\\x"', 'XHg='],
  ['rb"\\x"', 'XHg='],
  ['[]', []],
  ['[1, "a", null,]', [1, 'a', null]],
  ['{}', {}],
  ['{"a": 1, "b": [2],}', { a: 1, b: [2] }],
  ['{1: "a", true: "b"}', { 1: 'a', true: 'b' }],
  ['1 // the rest is a comment', 1],
  ['\t1\r\n+\f2', 3],
]);

table('arithmetic', [
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['7 - 2 - 1', 4],
  ['8 / 2 / 2', 2],
  ['7 % 3', 1],
  ['-7 % 3', -1],
  ['7 % -3', 1],
  ['5.5 % 2', 1.5],
  ['3 / 2', 1.5],
  ['-(1 + 2)', -3],
  ['--1', 1],
  ['1 - -1', 2],
  ['0.1 + 0.2', 0.1 + 0.2],
  ['42u + 1', 43],
  ['1 + 1.0', 2],
  ['"a" + "b"', 'ab'],
  ['b"a" + b"b"', 'YWI='],
  ['[1] + [2]', [1, 2]],
  ['[] + []', []],
]);

table('comparison and equality', [
  ['1 < 2', true],
  ['2 <= 2', true],
  ['1 > 1.5', false],
  ['1u < 1.5', true],
  ['1 == 1.0', true],
  ['1 == 1u', true],
  ['"a" < "b"', true],
  ['"a" < "aa"', true],
  ['"" < "a"', true],
  ['"\\uFFFD" < "\\U0001F600"', true],
  ['b"a" < b"b"', true],
  ['false < true', true],
  ['[1, 2] == [1, 2.0]', true],
  ['[1] == [1, 2]', false],
  ['{"a": 1} == {"a": 1}', true],
  ['{"a": 1, "b": 2} == {"b": 2, "a": 1}', true],
  ['{"a": 1} == {"a": 1, "b": 2}', false],
  ['{"a": [{}]} == {"a": [{}]}', true],
  ['1 == "1"', false],
  ['null == false', false],
  ['null == null', true],
  ['dyn(1) != "1"', true],
  ['[1] == {"0": 1}', false],
  ['b"a" == b"a"', true],
  ['b"a" == "a"', false],
  ['timestamp(0) == timestamp("1970-01-01T00:00:00Z")', true],
  ['duration("60s") == duration("1m")', true],
  ['type(1) == type("a")', false],
  ['1 != 1', false],
  ['duration("1s") < duration("1m")', true],
  ['timestamp(0) < timestamp(1)', true],
]);

table('logic', [
  ['true && true', true],
  ['true && false', false],
  ['false || true', true],
  ['!true', false],
  ['!!true', true],
  ['false && 1 / 0 > 0', false],
  ['1 / 0 > 0 && false', false],
  ['true || 1 / 0 > 0', true],
  ['1 / 0 > 0 || true', true],
  ['absent.x || true', true],
  ['dyn(1) && false', false],
  ['dyn("x") || true', true],
  ['true || false && false', true],
  ['true ? 1 : 1 / 0', 1],
  ['false ? 1 / 0 : 2', 2],
  ['true ? false ? 1 : 2 : 3', 2],
  ['false ? 1 : true ? 2 : 3', 2],
]);

failing('logic that no operand decides', [
  ['true && 1 / 0 > 0', /division by zero/],
  ['1 / 0 > 0 || false', /division by zero/],
  ['dyn(1) && true', /takes bool/],
  ['dyn(1) ? 2 : 3', /takes bool/],
  ['!dyn("x")', /takes bool/],
]);

table('membership, index, fields', [
  ['1 in [1, 2]', true],
  ['1.0 in [1, 2]', true],
  ['"1" in [1, 2]', false],
  ['[1] in [[1], []]', true],
  ['"a" in {"a": 1}', true],
  ['"b" in {"a": 1}', false],
  ['1 in {1: true}', true],
  ['"toString" in {}', false],
  ['[7, 8][1]', 8],
  ['[7, 8][1.0]', 8],
  ['{"a": 1}["a"]', 1],
  ['{"a": 1}.a', 1],
  ['{"a": {"b": 2}}.a.b', 2],
  ['{"for": 1}.for', 1],
  ['{"a-b": 1}.`a-b`', 1],
  ['{1: "x"}[1]', 'x'],
  ['{true: "x"}[true]', 'x'],
  ['.input == 1 || true', true],
  ['has({"a": null}.a)', true],
  ['has({"a": 1}.b)', false],
  ['has({"a": {}}.a.b)', false],
  ['has({"a-b": 1}["a-b"])', true],
  ['has([1][0])', true],
  ['has([1][1])', false],
]);

failing('fields that are not there', [
  ['{"a": 1}.b', /no such field '\{"a": 1\}\.b'/],
  ['[1][1]', /no such element/],
  ['[1][-1]', /no such element/],
  ['[1][0.5]', /no such element/],
  ['{"a": 1}["b"]', /no such field/],
  ['dyn("a").b', /is string/],
  ['dyn([1])["a"]', /indexed by whole numbers/],
  ['has(dyn("a").b)', /has\(\) asks/],
  ['1 in dyn("a")', /in takes/],
  ['{"a": 1, "a": 2}', /one key twice/],
  ['{dyn([1]): 2}', /a key is/],
]);

table('macros', [
  ['[1, 2].all(x, x > 0)', true],
  ['[1, 2].all(x, x > 1)', false],
  ['[].all(x, false)', true],
  ['[].exists(x, true)', false],
  ['[1, 2].exists(x, x == 2)', true],
  ['[1, 0].exists(x, 1 / x == 1)', true],
  ['[0, 1].all(x, 1 / x == 2)', false],
  ['[1, 2, 2].exists_one(x, x == 2)', false],
  ['[1, 2].exists_one(x, x == 2)', true],
  ['[1, 2].existsOne(x, x == 2)', true],
  ['[1, 2, 3].filter(x, x > 1)', [2, 3]],
  ['[1, 2].map(x, x * 2)', [2, 4]],
  ['[1, 2, 3].map(x, x > 1, x * 2)', [4, 6]],
  ['{"a": 1, "b": 2}.map(k, k + "!")', ['a!', 'b!']],
  ['{"a": 1}.all(k, k == "a")', true],
  ['{"a": 1, "b": 2}.filter(k, k > "a")', ['b']],
  ['[[1, 2], [3]].map(x, x.map(y, y * 10))', [[10, 20], [30]]],
  ['[1].map(x, [2].map(x, x))', [[2]]],
  ['[1].map(x, [2].map(y, x + y))', [[3]]],
  ['[[1], [2]].map(x, x.exists(y, y == 2) ? x.map(z, z + 1) : x)', [[1], [3]]],
  ['[3, 1, 2].sortBy(x, -x)', [3, 2, 1]],
  ['["a", "b"].transformList(i, x, x + string(i))', ['a0', 'b1']],
  ['[5, 6].transformList(i, x, i > 0, x)', [6]],
  ['{"a": 1, "b": 2}.transformMap(k, v, v + 1)', { a: 2, b: 3 }],
  ['{"a": 1, "b": 2}.transformMap(k, v, k == "a", v)', { a: 1 }],
  ['["a"].transformMapEntry(i, x, {x: i})', { a: 0 }],
  ['[1, 2].all(i, x, x == i + 1)', true],
  ['{"a": 1}.exists(k, v, k == "a" && v == 1)', true],
  ['cel.bind(x, 3, x * x)', 9],
]);

failing('macros over what they cannot walk', [
  ['dyn(1).map(x, x)', /takes a list or a map/],
  ['dyn({}).sortBy(x, x)', /takes a list/],
  ['[1, 0].all(x, 1 / x > 0)', /division by zero/],
  ['[dyn(1)].filter(x, x)', /takes bool/],
  ['[1, 1].transformMapEntry(i, x, {"a": i})', /one key twice/],
]);

table('optional values', [
  ['{"a": 1}.?a.orValue(2)', 1],
  ['{}.?a.orValue(2)', 2],
  ['{}.?a.b.c.orValue(3)', 3],
  ['{"a": {"b": 1}}.?a.b.orValue(3)', 1],
  ['{"a": null}.?a.orValue(1)', null],
  ['{"a": null}.?a.?b.orValue(1)', 1],
  ['[1][?0].orValue(9)', 1],
  ['[1][?1].orValue(9)', 9],
  ['{"a": 1}[?"a"].value()', 1],
  ['{}.?a.hasValue()', false],
  ['optional.of(1).or(optional.of(2)).value()', 1],
  ['optional.none().or(optional.of(2)).value()', 2],
  ['optional.of(1).orValue(1 / 0)', 1],
  ['optional.ofNonZeroValue(0).hasValue()', false],
  ['optional.ofNonZeroValue([0]).hasValue()', true],
  ['optional.of(1)', 1],
  ['[?optional.none(), 2]', [2]],
  ['{?"a": optional.none(), ?"b": optional.of(1)}', { b: 1 }],
  ['optional.of(2).optMap(x, x * 2).value()', 4],
  ['optional.none().optMap(x, x).hasValue()', false],
  ['optional.of({"a": 1}).optFlatMap(x, x.?a).value()', 1],
  ['optional.none() == optional.none()', true],
  ['optional.of(1) == optional.of(1)', true],
]);

failing('absent values', [
  ['{}.?a', /orValue/],
  ['[{}.?a]', /orValue/],
  ['optional.none().value()', /holds nothing/],
  ['dyn(1).orValue(2)', /takes an optional/],
  ['dyn("x").?a', /asks string for a field/],
]);

table('types', [
  ['type(1) == int', true],
  ['type(1.5) == double', true],
  ['type("a") == string', true],
  ['type(true) == bool', true],
  ['type(null) == null_type', true],
  ['type([]) == list', true],
  ['type({}) == map', true],
  ['type(b"") == bytes', true],
  ['type(type(1)) == type', true],
  ['type(timestamp(0)) == google.protobuf.Timestamp', true],
  ['type(duration("1s")) == google.protobuf.Duration', true],
  ['type(optional.none()) == optional_type', true],
  ['type(1)', 'int'],
  ['int', 'int'],
]);
