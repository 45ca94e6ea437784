import { describe, expect, it } from 'vitest';
import { evaluate, fill, issuesOf } from '../../testing/expression/evaluate.ts';
import type { Json } from '../json.ts';

const long = 'ab'.repeat(500_000);
const big: Json = Array.from({ length: 50_000 }, (_, index) => ({ id: index, name: `n${index}` }));
const data = { input: { long, big, text: 'a'.repeat(10_000) } };

/** 100 ms is the aim, and this generous for a busy machine; without a budget these take minutes, or all memory. */
const limitMs = 5_000;

function timed<T>(run: () => T): T {
  const start = performance.now();
  try {
    return run();
  } finally {
    expect(performance.now() - start).toBeLessThan(limitMs);
  }
}

const repeated = (form: (inner: string) => string, start: string, times: number) =>
  Array.from({ length: times }).reduce<string>(form, start);

/** Bombs are longer than a title should be. */
const titled = (sources: readonly string[]) => sources.map((source) => [source.slice(0, 90), source] as const);

describe('an evaluation that costs too much ends soon [S053]', () => {
  it.each(
    titled([
      'range(1000000000)',
      'range(9007199254740991)',
      'range(1000).map(x, range(1000))',
      'range(300).map(x, range(300).map(y, range(300).map(z, x + y + z)))',
      'range(400).all(x, range(400).all(y, range(400).all(z, true)))',
      'range(99000).exists(x, x.y)',
      'range(60000).map(x, input.long == input.long + "")',
      'range(60000).map(x, input.long.contains("z"))',
      'range(60000).map(x, input.long.reverse())',
      'range(60000).map(x, hash("sha256", input.long))',
      'range(60000).map(x, base64(input.long))',
      'range(60000).map(x, size(input.long))',
      'range(60000).map(x, json(input.big))',
      'range(60000).map(x, input.big == input.big)',
      'range(60000).map(x, {"a": 1} in input.big)',
      'range(60000).map(x, input.big + input.big)',
      'range(60000).map(x, input.big.reverse())',
      'range(60000).map(x, input.big.sortBy(y, y.id))',
      'range(60000).map(x, input.long + input.long)',
      'range(60000).map(x, input.long.replace("a", "bbbbbbbbbbbbbbbbbbbb"))',
      'input.long.replace("a", input.long)',
      'input.long.split("").join(input.long)',
      'range(60000).map(x, input.long)',
      'range(60000).map(x, input.long.split(","))',
      'range(60000).map(x, input.long < input.long)',
      'range(60000).map(x, input.long.matches("(a|b|ab)*c"))',
      'range(60000).map(x, timestamp(x).getHours("Europe/Berlin"))',
      'range(60000).map(x, "a".matches("[a-z]{1000}" + string(x)))',
      'range(60000).map(x, [x]).distinct()',
      'range(60000).map(x, "%s%s".format([input.long, input.long]))',
      'range(60000).map(x, [input.big]).flatten(3)',
      'range(60000).map(x, bytes(input.long))',
      'range(60000).map(x, uuid()).map(x, range(60000))',
      repeated((inner) => `cel.bind(s, ${inner}, s + s)`, '"ab"', 60),
      repeated((inner) => `cel.bind(s, ${inner}, [s, s])`, '"ab"', 60),
      repeated((inner) => `cel.bind(s, ${inner}, {"a": s, "b": s})`, '[1]', 60),
      `json(${repeated((inner) => `cel.bind(s, ${inner}, [s, s])`, '[1]', 60)})`,
      `${repeated((inner) => `cel.bind(s, ${inner}, [s, s])`, '1', 60)} == ${repeated((inner) => `cel.bind(s, ${inner}, [s, s])`, '1', 60)}`,
      `string(${repeated((inner) => `[${inner}].map(s, [s, s])`, '"x"', 40)})`,
    ]),
  )('%s', (_, source) => {
    timed(() =>
      expect(() => evaluate(source, data)).toThrow(expect.objectContaining({ code: 'expression_too_expensive' })),
    );
  });

  it.each([
    'true || range(1000000) == []',
    'range(1000000) == [] || true',
    '[1, 2].exists(x, x == 2 || range(1000000) == [])',
  ])('and is not absorbed by logic when it is asked for: %s', (source) => {
    if (source.startsWith('true')) expect(evaluate(source)).toBe(true);
    else expect(() => evaluate(source)).toThrow(/too many steps/);
  });

  it('allows 100,000 steps', () => {
    expect(evaluate('range(49000).map(x, x).size()')).toBe(49000);
    expect(() => evaluate('range(51000).map(x, x).size()')).toThrow(/too many steps/);
  });

  it('hands on data of any size without looking at it', () => {
    expect(timed(() => evaluate('input.big', data))).toBe(big);
    expect(evaluate('true ? input.big : input.long', data)).toBe(big);
  });
});

describe('patterns are matched in linear time [S053]', () => {
  it.each(['^(a+)+$', '(a|aa)+$', '(.*)*b', '([a-z]+)*[0-9]', '(a|a?)+b', '(.*a){12}b', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    '%s',
    (pattern) => {
      timed(() =>
        expect(typeof evaluate(`(input.text + "!").matches(${JSON.stringify(pattern)})`, data)).toBe('boolean'),
      );
    },
  );

  it.each(titled(['(a{1,1000}){1,1000}', '(?=a)', '(a)\\1', '('.repeat(5000), 'a'.repeat(20_000)]))(
    '%s is refused',
    (_, pattern) => {
      timed(() => expect(() => evaluate('"a".matches(input)', { input: pattern })).toThrow(/pattern|matches/));
    },
  );
});

describe('no source overflows the stack [S053]', () => {
  const deep = 10_000;
  it.each(
    titled([
      '('.repeat(deep) + '1' + ')'.repeat(deep),
      '['.repeat(deep) + ']'.repeat(deep),
      '{"a":'.repeat(deep) + '1' + '}'.repeat(deep),
      '!'.repeat(deep) + 'true',
      '-'.repeat(deep) + '1',
      `${'size(['.repeat(deep)}1${'])'.repeat(deep)}`,
      `${'true ? '.repeat(deep)}1${' : 1'.repeat(deep)}`,
      `${'true ? 1 : '.repeat(deep)}1`,
      `input${'.a'.repeat(deep)}`,
      `input${'[0]'.repeat(deep)}`,
      `1${' + 1'.repeat(deep)}`,
      `1${' == 1'.repeat(deep)}`,
      `"a"${'.trim()'.repeat(deep)}`,
      '('.repeat(deep),
      '['.repeat(1_000_000),
      `${'(1 + '.repeat(149)}1${' + 1'.repeat(390)}${') + 1'.repeat(149)}`,
    ]),
  )('%s', (_, source) => {
    timed(() => expect(issuesOf(source)[0]?.code).toBe('expression_syntax'));
  });

  it('but wide ones are fine', () => {
    expect(evaluate(`false${' || false'.repeat(deep)} || true`)).toBe(true);
    expect(evaluate(`[${'1,'.repeat(deep)}].size()`)).toBe(deep);
    expect(evaluate(`1${' + 1'.repeat(300)}`)).toBe(301);
    expect(evaluate(`${'('.repeat(100)}1${')'.repeat(100)}`)).toBe(1);
  });

  it('refuses an expression over 1 MB', () => {
    expect(issuesOf(`"${'a'.repeat(1_000_001)}"`)).toMatchObject([{ code: 'expression_syntax' }]);
  });

  it('nor does data', () => {
    let nested: Json = 1;
    for (let level = 0; level < 100_000; level++) nested = [nested];
    const given = { input: nested };
    expect(evaluate('input', given)).toBe(nested);
    for (const source of ['input == [input]', 'json(input)', '[input]', 'string(input)'])
      expect(() => evaluate(source, given)).toThrow(/nested/);
    expect(() => fill('a ${ input }', given)).toThrow(/too large/);
    for (const text of ['['.repeat(100_000), `${'['.repeat(100_000)}${']'.repeat(100_000)}`])
      expect(() => evaluate('parse_json(input)', { input: text })).toThrow(/not JSON|nested/);
  });
});
