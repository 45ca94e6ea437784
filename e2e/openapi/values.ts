/** Values for a JSON Schema, as the OpenAPI document of the product has them: such that fit, and such that nearly do. */
import fc from 'fast-check';
import { isJsonObject, type Json, type JsonObject } from '../../packages/core/src/json.ts';

/** What a name is most probably asked for: without these hardly a request gets past its first look-up. */
export type Known = Readonly<Record<string, readonly Json[]>>;

const anyJson = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
/** Texts that were trouble elsewhere. */
const nastyText = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  '\ud800',
  "'; drop table workflows; --",
  '${ input.a }',
  '${',
  '../../etc/passwd',
  '__proto__',
  'x'.repeat(300),
  '😀',
  '-1',
  '1e400',
  'null',
);

/** Mostly what fits; what is too deep or not understood is any value. */
export function valuesOf(schema: Json | undefined, known: Known, name = '', depth = 0): fc.Arbitrary<Json> {
  const remembered = known[name] ?? [];
  const fitting = depth > 5 || !isJsonObject(schema) ? anyJson : fittingOf(schema, known, name, depth);
  return remembered.length === 0
    ? fitting
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...remembered) }, { weight: 1, arbitrary: fitting });
}

function fittingOf(schema: JsonObject, known: Known, name: string, depth: number): fc.Arbitrary<Json> {
  const { const: only, enum: some, anyOf, oneOf, type } = schema;
  if (only !== undefined) return fc.constant(only);
  if (Array.isArray(some)) return fc.constantFrom(...some);
  const alternatives = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [];
  if (alternatives.length > 0) return fc.oneof(...alternatives.map((each) => valuesOf(each, known, name, depth + 1)));
  const types = Array.isArray(type) ? type : [type];
  return fc.oneof(...types.map((each) => ofType(each, schema, known, depth)));
}

function ofType(type: Json | undefined, schema: JsonObject, known: Known, depth: number): fc.Arbitrary<Json> {
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return number(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema['items'], known, '', depth + 1), { maxLength: 3 });
    case 'object':
      return object(schema, known, depth);
    default:
      return anyJson;
  }
}

function text({ format, pattern, minLength }: JsonObject): fc.Arbitrary<Json> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const plain = fc.constantFrom('a', 'abc', 'x-1', '1.0.0', '5s', '10');
  if (typeof pattern === 'string') return plain;
  const shortest = typeof minLength === 'number' ? minLength : 0;
  return fc.oneof(plain, fc.string({ minLength: shortest, maxLength: shortest + 20, unit: 'binary' }), nastyText);
}

function number({ minimum, maximum }: JsonObject): fc.Arbitrary<Json> {
  const least = typeof minimum === 'number' ? minimum : -1_000;
  return fc.integer({ min: least, max: typeof maximum === 'number' ? maximum : least + 2_000 });
}

function object(schema: JsonObject, known: Known, depth: number): fc.Arbitrary<Json> {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const fields = Object.fromEntries(
    Object.entries(properties).map(([key, each]) => [key, valuesOf(each, known, key, depth + 1)]),
  );
  const requiredKeys = (Array.isArray(schema['required']) ? schema['required'] : []) as string[];
  const named = fc.record(fields, { requiredKeys: requiredKeys.filter((key) => key in fields) });
  const free = schema['additionalProperties'];
  if (!isJsonObject(free) && Object.keys(properties).length > 0) return named as fc.Arbitrary<Json>;
  const others = fc.dictionary(
    fc.string({ maxLength: 5 }),
    valuesOf(isJsonObject(free) ? free : undefined, known, '', depth + 1),
    { maxKeys: 2 },
  );
  return fc.tuple(named, others).map(([mine, theirs]) => ({ ...theirs, ...mine }) as Json);
}

/** The same with one thing wrong with it, or something else altogether. */
export function spoiled(value: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc.oneof(
    fc
      .tuple(value, fc.nat(), fc.oneof(anyJson, nastyText))
      .map(([whole, place, other]) => replacedAt(whole, place, other)),
    fc
      .tuple(value, fc.string(), anyJson)
      .map(([whole, key, other]) => (isJsonObject(whole) ? { ...whole, [key]: other } : other)),
    anyJson,
  );
}

function replacedAt(whole: Json, place: number, other: Json): Json {
  if (Array.isArray(whole) && whole.length > 0)
    return whole.map((each, index) => (index === place % whole.length ? replacedAt(each, place >> 1, other) : each));
  if (!isJsonObject(whole) || Object.keys(whole).length === 0) return other;
  const keys = Object.keys(whole);
  const key = keys[place % keys.length] ?? '';
  return { ...whole, [key]: place % 3 === 0 ? other : replacedAt(whole[key] ?? null, place >> 2, other) };
}
