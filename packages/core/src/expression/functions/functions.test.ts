import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../testing/expression/evaluate.ts';
import type { Json } from '../../json.ts';
import { functionsByTopic } from '../registry.ts';

type Row = readonly [source: string, value: Json];

const topics: readonly (readonly [string, readonly Row[]])[] = [
  [
    'text',
    [
      ['"abc".contains("b")', true],
      ['"abc".contains("")', true],
      ['"abc".startsWith("ab")', true],
      ['"abc".startsWith("abcd")', false],
      ['"abc".endsWith("bc")', true],
      ['"abc".matches("b")', true],
      ['"abc".matches("^b")', false],
      ['matches("a1", "[0-9]")', true],
      ['"aé😀".size()', 3],
      ['size("")', 0],
      ['"tacocat".charAt(3)', 'o'],
      ['"tacocat".charAt(7)', ''],
      ['"a😀b".charAt(1)', '😀'],
      ['"hello mellow".indexOf("")', 0],
      ['"hello mellow".indexOf("ello")', 1],
      ['"hello mellow".indexOf("jello")', -1],
      ['"hello mellow".indexOf("ello", 2)', 7],
      ['"a😀b".indexOf("b")', 2],
      ['"😀a😀a".indexOf("a", 2)', 3],
      ['"hello mellow".lastIndexOf("")', 12],
      ['"hello mellow".lastIndexOf("ello")', 7],
      ['"hello mellow".lastIndexOf("ello", 6)', 1],
      ['"hello".lastIndexOf("x")', -1],
      ['"tacocat".substring(4)', 'cat'],
      ['"tacocat".substring(0, 4)', 'taco'],
      ['"ta😀co".substring(2, 4)', '😀c'],
      ['"abc".substring(3)', ''],
      ['"TacoCÆt".lowerAscii()', 'tacocÆt'],
      ['"TacoCæt".upperAscii()', 'TACOCæT'],
      ['"  a b\\n".trim()', 'a b'],
      ['"a😀b".reverse()', 'b😀a'],
      ['"hello hello".replace("he", "we")', 'wello wello'],
      ['"hello hello".replace("he", "we", 1)', 'wello hello'],
      ['"hello".replace("he", "we", 0)', 'hello'],
      ['"hello hello".replace("", "_")', '_h_e_l_l_o_ _h_e_l_l_o_'],
      ['"ab".replace("", "_", 2)', '_a_b'],
      ['"$1".replace("1", "$&$1")', '$$&$1'],
      ['"a,b,c".split(",")', ['a', 'b', 'c']],
      ['"a,b,c".split(",", 0)', []],
      ['"a,b,c".split(",", 1)', ['a,b,c']],
      ['"a,b,c".split(",", 2)', ['a', 'b,c']],
      ['"a,b".split(",", -1)', ['a', 'b']],
      ['"a😀".split("")', ['a', '😀']],
      ['["a", "b"].join()', 'ab'],
      ['["a", "b"].join("-")', 'a-b'],
      ['[].join("-")', ''],
      ['strings.quote("a\\n\\"b\\"")', '"a\\n\\"b\\""'],
    ],
  ],
  [
    'format',
    [
      ['"%s %s %s".format(["a", 1.50, null])', 'a 1.5 null'],
      ['"%s".format([[1, "a", {"b": true}]])', '[1,"a",{"b":true}]'],
      ['"%s".format([timestamp(0)])', '1970-01-01T00:00:00.000Z'],
      ['"%d".format([42.0])', '42'],
      ['"%f".format([1.5])', '1.500000'],
      ['"%.2f".format([2.005])', '2.00'],
      ['"%.1f".format([1e21])', '1000000000000000000000.0'],
      ['"%e".format([1234.5])', '1.234500e+03'],
      ['"%b %b".format([5, true])', '101 1'],
      ['"%o %x %X".format([8, 255, 255])', '10 ff FF'],
      ['"%x".format([b"\\x0f"])', '0f'],
      ['"100%%".format([])', '100%'],
    ],
  ],
  [
    'numbers',
    [
      ['math.greatest(1, 2.5, -3)', 2.5],
      ['math.greatest([1, 4, 2])', 4],
      ['math.least(1)', 1],
      ['math.least(3, 1, 2)', 1],
      ['math.abs(-2)', 2],
      ['math.ceil(-1.2)', -1],
      ['math.floor(-1.2)', -2],
      ['math.round(1.5)', 2],
      ['math.round(-1.5)', -2],
      ['math.round(-0.2)', 0],
      ['math.trunc(-1.7)', -1],
      ['math.sign(-3)', -1],
      ['math.sqrt(81)', 9],
      ['math.isNaN(1)', false],
      ['math.isInf(1)', false],
      ['math.isFinite(1)', true],
      ['math.bitAnd(3, 5)', 1],
      ['math.bitOr(1, 2)', 3],
      ['math.bitXor(3, 5)', 6],
      ['math.bitNot(1)', -2],
      ['math.bitShiftLeft(1, 40)', 1099511627776],
      ['math.bitShiftLeft(1, 64)', 0],
      ['math.bitShiftRight(1024, 2)', 256],
    ],
  ],
  [
    'lists',
    [
      ['size([1, 2])', 2],
      ['{"a": 1}.size()', 1],
      ['size(b"abc")', 3],
      ['range(3)', [0, 1, 2]],
      ['range(0)', []],
      ['lists.range(2)', [0, 1]],
      ['[1, 2, 3].slice(1, 2)', [2]],
      ['[1].slice(1, 1)', []],
      ['[3, 1, 2].sort()', [1, 2, 3]],
      ['["b", "a"].sort()', ['a', 'b']],
      ['[].sort()', []],
      ['[10, 9, 1].sort()', [1, 9, 10]],
      ['[1, 2].reverse()', [2, 1]],
      ['[1, 1.0, "1", [1], [1], null, null].distinct()', [1, '1', [1], null]],
      ['[1, [2, [3]]].flatten()', [1, 2, [3]]],
      ['[1, [2, [3]]].flatten(2)', [1, 2, 3]],
      ['[1].first().value()', 1],
      ['[].first().hasValue()', false],
      ['[1, 2].last().value()', 2],
      ['[{"n": 2}, {"n": 1}].sortBy(x, x.n).map(x, x.n)', [1, 2]],
    ],
  ],
  [
    'conversions',
    [
      ['int(3.7)', 3],
      ['int(-3.7)', -3],
      ['int("-42")', -42],
      ['int(timestamp(90))', 90],
      ['uint(3)', 3],
      ['double("1.5e3")', 1500],
      ['double(2)', 2],
      ['string(42.0)', '42'],
      ['string(1.5)', '1.5'],
      ['string(true)', 'true'],
      ['string(null)', 'null'],
      ['string([1, "a"])', '[1,"a"]'],
      ['string(b"h\\xc3\\xa9")', 'hé'],
      ['string(duration("1.5s"))', '1.5s'],
      ['string(timestamp("2026-01-31T10:00:00+01:00"))', '2026-01-31T09:00:00.000Z'],
      ['bytes("é") == b"\\xc3\\xa9"', true],
      ['bool("t")', true],
      ['bool("FALSE")', false],
      ['dyn(1)', 1],
      ['1 + 0.5 + 0.5', 2],
    ],
  ],
  [
    'encoders',
    [
      ['json({"a": [1, "x", null]})', '{"a":[1,"x",null]}'],
      ['json("a")', '"a"'],
      ['json(duration("90m"))', '"5400s"'],
      ['parse_json("{\\"a\\": [1]}").a', [1]],
      ['parse_json(json({"a": 1})) == {"a": 1}', true],
      ['base64("hello")', 'aGVsbG8='],
      ['base64("é")', 'w6k='],
      ['base64(b"\\xff")', '/w=='],
      ['base64.encode(b"hello")', 'aGVsbG8='],
      ['string(base64.decode("aGVsbG8="))', 'hello'],
      ['string(base64.decode("aGVsbG8"))', 'hello'],
      ['hash("md5", "hello")', '5d41402abc4b2a76b9719d911017c592'],
      ['hash("sha1", "hello")', 'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d'],
      ['hash("sha256", "hello")', '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'],
      ['hash("sha256", b"hello") == hash("sha256", "hello")', true],
      ['size(hash("sha512", ""))', 128],
      ['uuid() == uuid()', false],
      ['now()', '2026-01-31T12:00:00.005Z'],
      ['now() == now()', true],
    ],
  ],
];

describe.each(topics)('functions of %s', (_, rows) => {
  it.each(rows)('%j is %j', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });
});

describe('functions that cannot answer', () => {
  it.each([
    ['"abc".charAt(4)', /outside of the text/],
    ['"abc".charAt(-1)', /outside/],
    ['"abc".substring(2, 1)', /behind the end/],
    ['"abc".substring(0.5)', /outside/],
    ['[1].join()', /list of strings/],
    ['"%d".format([1.5])', /whole number/],
    ['"%s".format([])', /only 0 values/],
    ['"a".format([1])', /1 values, but 0/],
    ['"%q".format([1])', /no verb %q/],
    ['"%".format([])', /without a verb/],
    ['"%.200f".format([1])', /precision/],
    ['math.sqrt(-1)', /negative/],
    ['math.greatest([])', /empty list/],
    ['math.bitAnd(1.5, 1)', /whole number/],
    ['math.bitShiftLeft(1, 60)', /2\^53/],
    ['math.bitShiftLeft(1, -1)', /negative/],
    ['range(-1)', /whole number/],
    ['range(1.5)', /whole number/],
    ['[1, 2].slice(1, 3)', /outside of the list/],
    ['[1, "a"].sort()', /have no order/],
    ['[{}].sort()', /have no order/],
    ['int(dyn("x"))', /no whole number/],
    ['int(1e300)', /2\^53/],
    ['int("9007199254740993")', /2\^53/],
    ['uint(-1)', /negative/],
    ['double(dyn("NaN"))', /no number/],
    ['double(dyn("1e999"))', /finite/],
    ['bool(dyn("yes"))', /neither/],
    ['string(b"\\xff")', /not UTF-8/],
    ['parse_json("{")', /not JSON/],
    ['parse_json("1e999")', /too large/],
    ['base64.decode("a")', /not Base64/],
    ['hash("crc", "a")', /sha256/],
    ['dyn(1).startsWith("a")', /takes string on, but got number/],
    ['"a".startsWith(dyn(1))', /as argument 1/],
    ['size(dyn(1))', /size\(\) takes/],
    ['dyn(1).size()', /takes/],
    ['dyn(1).reverse()', /cannot be called on number/],
    ['"a".matches(dyn("("))', /matches\(\)/],
  ])('%j fails', (source, message) => {
    expect(() => evaluate(source)).toThrow(message);
  });

  it('says nothing of the data in its message', () => {
    const data = { input: { secret: 's3cr3t', text: '{"s3cr3t' } };
    for (const source of [
      'input.secret + 1',
      'input.secret.x',
      'parse_json(input.text)',
      'int(input.secret)',
      'input.secret < 1',
      'timestamp(input.secret)',
      '[input.secret][input.secret]',
    ]) {
      expect(() => evaluate(source, data)).toThrow(/^(?!.*s3cr3t)/s);
    }
  });
});

describe('the registry', () => {
  const functions = [...functionsByTopic.values()].flat();

  it.each(functions.map((each) => [each.name, each.example]))('%s has an example that works: %s', (name, example) => {
    expect(example).toContain(`${name}(`);
    expect(() => evaluate(example)).not.toThrow();
  });
});
