/** JSON Schema keywords about what stands inside an object or an array. */
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { closest } from '../../text/suggest.ts';
import { canonicalJson } from '../canonical.ts';
import { compilePattern } from './pattern.ts';
import { type Check, type Compiler, refuse } from './problem.ts';

export function objectChecks(schema: JsonObject, compiler: Compiler): readonly Check[] {
  const checks: Check[] = [];
  if (Array.isArray(schema.required)) checks.push(requiredCheck(schema.required as readonly string[], schema));
  const hasFields =
    schema.properties !== undefined ||
    schema.patternProperties !== undefined ||
    schema.additionalProperties !== undefined;
  if (hasFields) checks.push(fieldsCheck(schema, compiler));
  if (schema.propertyNames !== undefined) checks.push(namesCheck(compiler.node(schema.propertyNames)));
  if (isJsonObject(schema.dependentRequired)) {
    for (const [key, needed] of Object.entries(schema.dependentRequired)) {
      const check = requiredCheck(needed as readonly string[], schema);
      checks.push((value, at, run) => !isJsonObject(value) || !Object.hasOwn(value, key) || check(value, at, run));
    }
  }
  const { minProperties, maxProperties } = schema;
  if (typeof minProperties === 'number') {
    checks.push(
      (value, at, run) =>
        !isJsonObject(value) ||
        Object.keys(value).length >= minProperties ||
        refuse(run, at, () => ({ code: 'too_short', message: `expected at least ${counted(minProperties)}` })),
    );
  }
  if (typeof maxProperties === 'number') {
    checks.push(
      (value, at, run) =>
        !isJsonObject(value) ||
        Object.keys(value).length <= maxProperties ||
        refuse(run, at, () => ({ code: 'too_long', message: `expected at most ${counted(maxProperties)}` })),
    );
  }
  return checks;
}

function counted(fields: number): string {
  return `${fields} ${fields === 1 ? 'field' : 'fields'}`;
}

function requiredCheck(keys: readonly string[], schema: JsonObject): Check {
  return (value, at, run) => {
    if (!isJsonObject(value)) return true;
    let fits = true;
    for (const key of keys) {
      if (Object.hasOwn(value, key)) continue;
      if (run.problems === null) return false;
      fits = false;
      if (isMisspelled(key, schema, value)) continue;
      refuse(run, { parent: at, key }, () => ({
        code: 'missing_field',
        message: `\`${key}\` is missing${purpose(schema, key)}`,
      }));
    }
    return fits;
  };
}

/** The field is there under a name that is refused with this one as the suggestion: one mistake, one problem. */
function isMisspelled(key: string, schema: JsonObject, value: JsonObject): boolean {
  const { properties, additionalProperties } = schema;
  if (additionalProperties !== false || !isJsonObject(properties) || schema.patternProperties !== undefined)
    return false;
  const free = Object.keys(properties).filter((name) => !Object.hasOwn(value, name));
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
  return unknown.slice(0, 20).some((name) => closest(name, free) === key);
}

/** The first sentence of the field's description, so that the message says what to write. */
function purpose(schema: JsonObject, key: string): string {
  const field = isJsonObject(schema.properties) ? schema.properties[key] : undefined;
  const description = isJsonObject(field) ? field.description : undefined;
  if (typeof description !== 'string') return '';
  const [sentence] = description.split(/[.;:](?:\s|$)/, 1);
  return sentence === undefined || sentence === '' ? '' : `: ${sentence}`;
}

function fieldsCheck(schema: JsonObject, compiler: Compiler): Check {
  const fields = new Map(
    Object.entries(isJsonObject(schema.properties) ? schema.properties : {}).map(([key, each]) => [
      key,
      compiler.node(each),
    ]),
  );
  const patterns = patternFields(schema, compiler);
  const rest = schema.additionalProperties === undefined ? null : compiler.node(schema.additionalProperties);
  const isClosed = schema.additionalProperties === false;
  return (value, at, run) => {
    if (!isJsonObject(value)) return true;
    let fits = true;
    for (const key of Object.keys(value)) {
      const inner = value[key] as Json;
      const place = run.problems === null ? null : { parent: at, key };
      const field = fields.get(key);
      let known = field !== undefined;
      if (field !== undefined && !field(inner, place, run)) fits = false;
      for (const { pattern, check } of patterns) {
        if (!pattern.test(key)) continue;
        known = true;
        if (!check(inner, place, run)) fits = false;
      }
      if (!known && isClosed) fits = refuse(run, place, () => unknownField(key, fields.keys(), value));
      else if (!known && rest !== null && !rest(inner, place, run)) fits = false;
      if (!fits && run.problems === null) return false;
    }
    return fits;
  };
}

export function patternFields(schema: JsonObject, compiler: Compiler) {
  return Object.entries(isJsonObject(schema.patternProperties) ? schema.patternProperties : {}).flatMap(
    ([source, each]) => {
      const pattern = compilePattern(source);
      return 'problem' in pattern ? [] : [{ pattern, check: compiler.node(each) }];
    },
  );
}

export function unknownField(key: string, known: Iterable<string>, value: JsonObject) {
  const names = [...known];
  const suggestion = closest(
    key,
    names.filter((name) => !Object.hasOwn(value, name)),
  );
  const allowed = names.length === 0 ? 'no field is allowed here' : `allowed here: ${names.slice(0, 30).join(', ')}`;
  const hint = suggestion === undefined ? allowed : `did you mean \`${suggestion}\`?`;
  return { code: 'unknown_field' as const, message: `unknown field \`${key.slice(0, 60)}\`; ${hint}`, suggestion };
}

function namesCheck(check: Check): Check {
  return (value, at, run) => {
    if (!isJsonObject(value)) return true;
    let fits = true;
    for (const key of Object.keys(value)) {
      if (!check(key, { parent: at, key }, run)) fits = false;
      if (!fits && run.problems === null) return false;
    }
    return fits;
  };
}

export function arrayChecks(schema: JsonObject, compiler: Compiler): readonly Check[] {
  const checks: Check[] = [];
  const { minItems, maxItems } = schema;
  if (schema.prefixItems !== undefined || schema.items !== undefined) checks.push(itemsCheck(schema, compiler));
  if (schema.contains !== undefined) checks.push(containsCheck(schema, compiler.node(schema.contains)));
  if (typeof minItems === 'number') {
    checks.push(
      (value, at, run) =>
        !Array.isArray(value) ||
        value.length >= minItems ||
        refuse(run, at, () => ({
          code: 'too_short',
          message: `expected at least ${minItems} items, but there are ${value.length}`,
        })),
    );
  }
  if (typeof maxItems === 'number') {
    checks.push(
      (value, at, run) =>
        !Array.isArray(value) ||
        value.length <= maxItems ||
        refuse(run, at, () => ({
          code: 'too_long',
          message: `expected at most ${maxItems} items, but there are ${value.length}`,
        })),
    );
  }
  if (schema.uniqueItems === true) checks.push(uniqueCheck);
  return checks;
}

function itemsCheck(schema: JsonObject, compiler: Compiler): Check {
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems.map((each) => compiler.node(each)) : [];
  const rest = schema.items === undefined ? null : compiler.node(schema.items);
  return (value, at, run) => {
    if (!Array.isArray(value)) return true;
    let fits = true;
    for (let key = 0; key < value.length; key++) {
      const check = prefix[key] ?? rest;
      if (check === null || check(value[key], run.problems === null ? null : { parent: at, key }, run)) continue;
      if (run.problems === null) return false;
      fits = false;
    }
    return fits;
  };
}

function containsCheck(schema: JsonObject, check: Check): Check {
  const least = typeof schema.minContains === 'number' ? schema.minContains : 1;
  const most = typeof schema.maxContains === 'number' ? schema.maxContains : Number.POSITIVE_INFINITY;
  return (value, at, run) => {
    if (!Array.isArray(value)) return true;
    const quiet = { ...run, problems: null };
    const found = value.filter((item) => check(item, null, quiet)).length;
    if (found < least)
      return refuse(run, at, () => ({
        code: 'missing_item',
        message: `expected at least ${least} items of the wanted kind, but there are ${found}`,
      }));
    return (
      found <= most ||
      refuse(run, at, () => ({
        code: 'too_many_items',
        message: `expected at most ${most} items of the wanted kind, but there are ${found}`,
      }))
    );
  };
}

/** By canonical text in a set: linear, where comparing each with each would let 100,000 items hold the process up. */
const uniqueCheck: Check = (value, at, run) => {
  if (!Array.isArray(value)) return true;
  const seen = new Map<string, number>();
  for (let key = 0; key < value.length; key++) {
    const text = canonicalJson(value[key]);
    const first = seen.get(text);
    if (first !== undefined)
      return refuse(run, { parent: at, key }, () => ({
        code: 'duplicate_item',
        message: `the same as item ${first}; items must differ`,
      }));
    seen.set(text, key);
  }
  return true;
};
