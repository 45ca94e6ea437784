/**
 * `unevaluatedProperties` and `unevaluatedItems`: what no other keyword on the same value has looked at. Only a schema that
 * uses them pays: what was looked at is found by a second walk over the keywords that apply in place.
 */
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { fitsQuietly, list } from './combination-keywords.ts';
import { type Check, type CheckRun, type Compiler, refuse } from './problem.ts';
import { resolveReference } from './reference.ts';
import { patternFields, unknownField } from './structure-keywords.ts';

export function unevaluatedChecks(schema: JsonObject, compiler: Compiler): readonly Check[] {
  const checks: Check[] = [];
  const { unevaluatedProperties, unevaluatedItems } = schema;
  if (unevaluatedProperties !== undefined) checks.push(propertiesCheck(schema, compiler, unevaluatedProperties));
  if (unevaluatedItems !== undefined) checks.push(unevaluatedItemsCheck(schema, compiler, unevaluatedItems));
  return checks;
}

function propertiesCheck(schema: JsonObject, compiler: Compiler, rest: Json): Check {
  const check = compiler.node(rest);
  return (value, at, run) => {
    if (!isJsonObject(value)) return true;
    const seen = new Seen();
    look(withoutOwn(schema, 'unevaluatedProperties'), value, { compiler, run, seen });
    let fits = true;
    for (const key of Object.keys(value)) {
      if (seen.all || seen.keys.has(key)) continue;
      const place = { parent: at, key };
      if (rest === false) fits = refuse(run, place, () => unknownField(key, seen.names, value));
      else if (!check(value[key] as Json, place, run)) fits = false;
      if (!fits && run.problems === null) return false;
    }
    return fits;
  };
}

function unevaluatedItemsCheck(schema: JsonObject, compiler: Compiler, rest: Json): Check {
  const check = compiler.node(rest);
  return (value, at, run) => {
    if (!Array.isArray(value)) return true;
    const seen = new Seen();
    look(withoutOwn(schema, 'unevaluatedItems'), value, { compiler, run, seen });
    let fits = true;
    for (let key = seen.upTo; key < value.length; key++) {
      if (seen.all || seen.items.has(key) || check(value[key], { parent: at, key }, run)) continue;
      if (run.problems === null) return false;
      fits = false;
    }
    return fits;
  };
}

/** Own keyword left out: it looks at what the others leave. */
function withoutOwn(schema: JsonObject, keyword: string): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== keyword));
}

class Seen {
  all = false;
  readonly keys = new Set<string>();
  /** Names of fields that exist in the schema, for suggestions. */
  readonly names = new Set<string>();
  readonly items = new Set<number>();
  upTo = 0;
}

type Look = { readonly compiler: Compiler; readonly run: CheckRun; readonly seen: Seen };

function look(schema: Json, value: Json, with_: Look): void {
  if (!isJsonObject(schema)) return;
  const { compiler, run } = with_;
  run.budget.left -= 1;
  lookAtFields(schema, value, with_);
  lookAtItems(schema, value, with_);
  for (const keyword of ['$ref', '$dynamicRef']) {
    const reference = schema[keyword];
    if (typeof reference === 'string') look(resolveReference(compiler.root, reference) ?? true, value, with_);
  }
  for (const each of list(schema.allOf)) look(each, value, with_);
  for (const each of [...list(schema.anyOf), ...list(schema.oneOf)]) {
    if (fitsQuietly(compiler.node(each), value, run)) look(each, value, with_);
  }
  if (schema.if !== undefined) {
    const holds = fitsQuietly(compiler.node(schema.if), value, run);
    if (holds) look(schema.if, value, with_);
    look((holds ? schema.then : schema.else) ?? true, value, with_);
  }
  for (const [key, each] of Object.entries(isJsonObject(schema.dependentSchemas) ? schema.dependentSchemas : {})) {
    if (isJsonObject(value) && Object.hasOwn(value, key)) look(each, value, with_);
  }
}

function lookAtFields(schema: JsonObject, value: Json, { compiler, seen }: Look): void {
  if (!isJsonObject(value)) return;
  if (schema.additionalProperties !== undefined || schema.unevaluatedProperties !== undefined) seen.all = true;
  for (const key of Object.keys(isJsonObject(schema.properties) ? schema.properties : {})) {
    seen.names.add(key);
    if (Object.hasOwn(value, key)) seen.keys.add(key);
  }
  const patterns = patternFields(schema, compiler);
  if (patterns.length === 0) return;
  for (const key of Object.keys(value)) if (patterns.some(({ pattern }) => pattern.test(key))) seen.keys.add(key);
}

function lookAtItems(schema: JsonObject, value: Json, { compiler, run, seen }: Look): void {
  if (!Array.isArray(value)) return;
  if (schema.items !== undefined || schema.unevaluatedItems !== undefined) seen.all = true;
  seen.upTo = Math.max(seen.upTo, list(schema.prefixItems).length);
  if (schema.contains === undefined) return;
  const check = compiler.node(schema.contains);
  value.forEach((item: Json, index) => {
    if (fitsQuietly(check, item, run)) seen.items.add(index);
  });
}
