import fc from 'fast-check';
import { Check } from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../json.ts';
import { compileSchema } from './compile-schema.ts';
import { metaProblems } from './meta.ts';

function problemsOf(schema: Json, value: Json) {
  const compiled = compileSchema(schema);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  return compiled.ok.check(value).map(({ code, pointer }) => `${code} ${pointer}`);
}

const key = fc.constantFrom('a', 'b', 'c');
const values = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(null, true, 0, 1, 2.5, -3, '', 'a', 'bb', 'a@b.cd', '😀'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
})).value;

const types = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');
const size = fc.nat({ max: 3 });
const schemas = fc.letrec<{ schema: Json }>((tie) => {
  const inner = tie('schema');
  const map = fc.dictionary(key, inner, { maxKeys: 2 });
  const list = fc.array(inner, { minLength: 1, maxLength: 3 });
  const keywords = fc.record(
    {
      type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
      enum: fc.array(values, { minLength: 1, maxLength: 3 }),
      const: values,
      minimum: size,
      maximum: size,
      exclusiveMinimum: size,
      exclusiveMaximum: size,
      multipleOf: fc.constantFrom(1, 2, 0.5),
      minLength: size,
      maxLength: size,
      pattern: fc.constantFrom('^a', 'b$', '[a-c]+', '^$'),
      properties: map,
      patternProperties: fc.dictionary(fc.constantFrom('^a', 'b'), inner, { maxKeys: 2 }),
      additionalProperties: inner,
      required: fc.uniqueArray(key, { maxLength: 2 }),
      minProperties: size,
      maxProperties: size,
      propertyNames: inner,
      dependentRequired: fc.dictionary(key, fc.uniqueArray(key, { maxLength: 2 }), { maxKeys: 1 }),
      dependentSchemas: map,
      items: inner,
      prefixItems: list,
      contains: inner,
      minItems: size,
      maxItems: size,
      uniqueItems: fc.boolean(),
      allOf: list,
      anyOf: list,
      oneOf: list,
      not: inner,
      if: inner,
      then: inner,
      else: inner,
    },
    { requiredKeys: [] },
  );
  // A few keywords at a time: with all of them nothing ever fits.
  const some = fc.tuple(keywords, fc.array(fc.nat(), { minLength: 1, maxLength: 4 })).map(([all, picks]): Json => {
    const entries = Object.entries(all) as [string, Json][];
    return Object.fromEntries(
      picks.flatMap((pick) => (entries.length === 0 ? [] : [entries[pick % entries.length] as [string, Json]])),
    );
  });
  return { schema: fc.oneof({ maxDepth: 3 }, fc.boolean(), some) };
}).schema;

describe('a compiled schema', () => {
  it('judges like an independent validator, and describes a problem exactly when there is one', () => {
    fc.assert(
      fc.property(schemas, values, (schema, value) => {
        const fits = problemsOf(schema, value).length === 0;
        expect(fits).toBe(Check(schema as JsonObject, value));
      }),
      { numRuns: 3000 },
    );
  });

  it.each<[string, JsonObject, Json, readonly string[]]>([
    [
      'unevaluated fields',
      { allOf: [{ properties: { a: true } }], properties: { b: true }, unevaluatedProperties: false },
      { a: 1, b: 1, c: 1 },
      ['unknown_field /c'],
    ],
    [
      'unevaluated fields of a chosen alternative',
      { anyOf: [{ properties: { a: { type: 'string' } } }, { properties: { b: true } }], unevaluatedProperties: false },
      { a: 1, b: 1 },
      ['unknown_field /a'],
    ],
    ['unevaluated items', { prefixItems: [true], unevaluatedItems: false }, [1, 2], ['forbidden_value /1']],
    [
      'unevaluated items beside contains',
      { contains: { type: 'string' }, unevaluatedItems: { type: 'number' } },
      ['x', 1, null],
      ['wrong_type /2'],
    ],
    ['a reference by pointer', { $defs: { 'a/b': { type: 'string' } }, $ref: '#/$defs/a~1b' }, 1, ['wrong_type ']],
    [
      'a reference by anchor',
      { $defs: { x: { $anchor: 'here', type: 'string' } }, items: { $ref: '#here' } },
      [1],
      ['wrong_type /0'],
    ],
    [
      'a recursive reference',
      { properties: { next: { $ref: '#' } }, additionalProperties: false },
      { next: { next: { nxt: 1 } } },
      ['unknown_field /next/next/nxt'],
    ],
    ['a const beside an enum that does not hold it', { enum: [null], const: {} }, {}, ['not_allowed_value ']],
    ['a format', { format: 'email' }, 'not-a-mail', ['format_mismatch ']],
    ['an unknown format, which only informs', { format: 'phone' }, 'x', []],
    ['a fraction of a tenth', { multipleOf: 0.1 }, 0.3, []],
    [
      'the key __proto__',
      { properties: JSON.parse('{"__proto__":{"type":"string"}}') },
      JSON.parse('{"__proto__":1}'),
      ['wrong_type /__proto__'],
    ],
    ['a name of Object.prototype, which is missing', { required: ['constructor'] }, {}, ['missing_field /constructor']],
  ])('knows %s', (_, schema, value, problems) => {
    expect(problemsOf(schema, value)).toEqual(problems);
  });

  it('runs patterns in linear time, whatever they are [S056]', () => {
    expect(problemsOf({ pattern: '^(a+)+$' }, `${'a'.repeat(20_000)}!`)).toEqual(['pattern_mismatch ']);
  });

  it('ends within its budget, whatever schema and value do to one another', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [
        `d${at}`,
        { allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] },
      ]),
    );
    expect(problemsOf({ $defs: { ...$defs, d60: {} }, $ref: '#/$defs/d0' }, 1)).toEqual(['too_expensive ']);
  });

  it('refuses values so deep that following them would exhaust the stack', () => {
    let deep: Json = {};
    for (let level = 0; level < 100_000; level++) deep = { next: deep };
    expect(problemsOf({ properties: { next: { $ref: '#' } } }, deep)).toEqual(['too_deep ']);
  });
});

describe('alternatives that each want one field', () => {
  const schema = { type: 'object', anyOf: [{ required: ['for'] }, { required: ['until'] }, { required: ['signal'] }] };

  it('are named in one sentence, where the first would stand', () => {
    const compiled = compileSchema(schema);
    if (!('ok' in compiled)) throw new Error('the schema is refused');
    expect(compiled.ok.check({})).toEqual([
      { pointer: '/for', code: 'missing_field', message: 'one of `for`, `until` and `signal` is missing' },
    ]);
  });
});

describe('a schema that cannot be run is refused', () => {
  it.each<[string, Json, string]>([
    ['a number', 5, ''],
    ['a keyword of the wrong type', { items: { minLength: -1 } }, '/items/minLength'],
    ['an empty list of alternatives', { anyOf: [] }, '/anyOf'],
    ['a pattern as the name of fields', { patternProperties: { '(': true } }, '/patternProperties/('],
    ['an inner $id', { items: { $id: 'x' } }, '/items/$id'],
    ['a broken schema under an unknown keyword that is referred to', { $ref: '#/x', x: { type: 5 } }, '/$ref/type'],
    ['references in a circle', { $defs: { a: { $ref: '#/$defs/b' }, b: { anyOf: [{ $ref: '#/$defs/a' }] } } }, ''],
  ])('%s', (_, schema, pointer) => {
    expect(metaProblems(schema).map((each) => each.pointer)).toEqual([pointer]);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (schema) => {
        compileSchema(schema as Json);
      }),
      { numRuns: 500 },
    );
  });
});
