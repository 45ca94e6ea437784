/** Whether a JSON value is a JSON Schema that we can run: each keyword's value, patterns, references, endless loops. */
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { closest } from '../../text/suggest.ts';
import { isDeeperThan } from '../json-depth.ts';
import { pointerTo } from '../pointer.ts';
import { compilePattern } from './pattern.ts';
import { kindOf, type Problem } from './problem.ts';
import { resolveReference } from './reference.ts';
import { typeNames } from './value-keywords.ts';

type KeywordKind =
  | 'schema'
  | 'schema list'
  | 'schema map'
  | 'pattern map'
  | 'number'
  | 'positive number'
  | 'count'
  | 'text'
  | 'flag'
  | 'list'
  | 'text list'
  | 'text lists'
  | 'type'
  | 'pattern'
  | 'reference'
  | 'anything';

const keywords: { readonly [keyword: string]: KeywordKind } = {
  $schema: 'text',
  $id: 'text',
  $comment: 'text',
  $anchor: 'text',
  $dynamicAnchor: 'text',
  $ref: 'reference',
  $dynamicRef: 'reference',
  $defs: 'schema map',
  definitions: 'schema map',
  $vocabulary: 'anything',
  type: 'type',
  enum: 'list',
  const: 'anything',
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'positive number',
  minLength: 'count',
  maxLength: 'count',
  pattern: 'pattern',
  format: 'text',
  properties: 'schema map',
  patternProperties: 'pattern map',
  additionalProperties: 'schema',
  propertyNames: 'schema',
  required: 'text list',
  minProperties: 'count',
  maxProperties: 'count',
  dependentRequired: 'text lists',
  dependentSchemas: 'schema map',
  unevaluatedProperties: 'schema',
  items: 'schema',
  prefixItems: 'schema list',
  contains: 'schema',
  minContains: 'count',
  maxContains: 'count',
  minItems: 'count',
  maxItems: 'count',
  uniqueItems: 'flag',
  unevaluatedItems: 'schema',
  allOf: 'schema list',
  anyOf: 'schema list',
  oneOf: 'schema list',
  not: 'schema',
  if: 'schema',
  then: 'schema',
  else: 'schema',
  title: 'text',
  description: 'text',
  default: 'anything',
  examples: 'list',
  deprecated: 'flag',
  readOnly: 'flag',
  writeOnly: 'flag',
  contentEncoding: 'text',
  contentMediaType: 'text',
  contentSchema: 'schema',
};

const deepest = 100;
const draft = 'https://json-schema.org/draft/2020-12/schema';

type Walk = {
  readonly root: Json;
  readonly problems: Problem[];
  readonly visited: Set<JsonObject>;
  /** Where references lead: a schema may stand under a keyword that is none, and is looked at there. */
  readonly targets: Map<Json, string>;
};

const startWalk = (root: Json): Walk => ({ root, problems: [], visited: new Set(), targets: new Map() });

/** What is wrong with a schema; empty when it can be compiled. Unknown keywords are annotations, as the standard has it. */
export function metaProblems(schema: Json): readonly Problem[] {
  if (isDeeperThan(schema, deepest))
    return [{ code: 'too_deep', pointer: '', message: `a schema may be nested ${deepest} levels deep` }];
  const walk = startWalk(schema);
  lookAtSchema(schema, '', walk);
  // A map hands out what is added while it is walked: targets of targets are looked at too.
  for (const [target, pointer] of walk.targets)
    if (isJsonObject(target) && !walk.visited.has(target)) lookAtSchema(target, pointer, walk);
  if (isJsonObject(schema) && typeof schema.$schema === 'string' && schema.$schema.replace(/#$/, '') !== draft) {
    walk.problems.push({
      code: 'not_allowed_value',
      pointer: '/$schema',
      message: `expected ${draft}`,
      suggestion: draft,
    });
  }
  if (walk.problems.length === 0) lookForLoops(walk);
  return walk.problems;
}

/** Keywords that somebody most probably misspelled: they would be ignored silently. */
export function misspelledKeywords(schema: Json): readonly Problem[] {
  const walk = startWalk(schema);
  lookAtSchema(schema, '', walk, (key, pointer) => {
    const suggestion = closest(key, Object.keys(keywords));
    if (suggestion === undefined || key.startsWith('x-')) return;
    walk.problems.push({
      code: 'unknown_field',
      pointer,
      message: `\`${key}\` is no keyword of JSON Schema and is ignored; did you mean \`${suggestion}\`?`,
      suggestion,
    });
  });
  return walk.problems;
}

function lookAtSchema(
  schema: Json,
  pointer: string,
  walk: Walk,
  unknown?: (key: string, pointer: string) => void,
): void {
  if (typeof schema === 'boolean') return;
  if (!isJsonObject(schema))
    return say(walk, pointer, `expected a schema (an object, true or false), but this is ${kindOf(schema)}`);
  walk.visited.add(schema);
  if (pointer !== '' && schema.$id !== undefined)
    say(walk, `${pointer}/$id`, 'only the outermost schema may have an $id');
  for (const [key, value] of Object.entries(schema)) {
    const kind = Object.hasOwn(keywords, key) ? keywords[key] : undefined;
    if (kind === undefined) unknown?.(key, pointerTo(pointer, key));
    else
      lookAtKeyword(kind, value, pointerTo(pointer, key), {
        walk,
        inner: (each, at) => lookAtSchema(each, at, walk, unknown),
      });
  }
}

type Inner = { readonly walk: Walk; readonly inner: (schema: Json, pointer: string) => void };

function lookAtKeyword(kind: KeywordKind, value: Json, pointer: string, { walk, inner }: Inner): void {
  switch (kind) {
    case 'schema':
      return inner(value, pointer);
    case 'schema list':
      if (!Array.isArray(value) || value.length === 0)
        return say(walk, pointer, 'expected a list of schemas, at least one');
      for (const [index, each] of value.entries()) inner(each, pointerTo(pointer, index));
      return;
    case 'schema map':
    case 'pattern map':
      if (!isJsonObject(value)) return say(walk, pointer, 'expected an object of schemas');
      for (const [key, each] of Object.entries(value)) {
        if (kind === 'pattern map') lookAtPattern(key, pointerTo(pointer, key), walk);
        inner(each, pointerTo(pointer, key));
      }
      return;
    case 'pattern':
      return lookAtPattern(value, pointer, walk);
    case 'reference':
      return lookAtReference(value, pointer, walk);
    default: {
      const [fits, expected] = plainKinds[kind];
      if (!fits(value)) say(walk, pointer, `expected ${expected}, but this is ${kindOf(value)}`);
    }
  }
}

type PlainKind = Exclude<
  KeywordKind,
  'schema' | 'schema list' | 'schema map' | 'pattern map' | 'pattern' | 'reference'
>;

const isTextList = (value: Json) => Array.isArray(value) && value.every((each) => typeof each === 'string');
const isTypeName = (value: Json) => typeof value === 'string' && typeNames.includes(value);

const plainKinds: { readonly [kind in PlainKind]: readonly [(value: Json) => boolean, string] } = {
  anything: [() => true, ''],
  number: [(value) => typeof value === 'number', 'a number'],
  'positive number': [(value) => typeof value === 'number' && value > 0, 'a number above 0'],
  count: [(value) => typeof value === 'number' && Number.isInteger(value) && value >= 0, 'a whole number, at least 0'],
  text: [(value) => typeof value === 'string', 'text'],
  flag: [(value) => typeof value === 'boolean', 'true or false'],
  list: [(value) => Array.isArray(value), 'a list'],
  'text list': [isTextList, 'a list of texts'],
  'text lists': [
    (value) => isJsonObject(value) && Object.values(value).every(isTextList),
    'an object of lists of texts',
  ],
  type: [
    (value) => isTypeName(value) || (Array.isArray(value) && value.length > 0 && value.every(isTypeName)),
    `one of ${typeNames.join(', ')}, or a list of them`,
  ],
};

function lookAtPattern(value: Json, pointer: string, walk: Walk): void {
  if (typeof value !== 'string')
    return say(walk, pointer, `expected a regular expression as text, but this is ${kindOf(value)}`);
  const compiled = compilePattern(value);
  if ('problem' in compiled) say(walk, pointer, compiled.problem);
}

function lookAtReference(value: Json, pointer: string, walk: Walk): void {
  if (typeof value !== 'string')
    return say(walk, pointer, `expected a reference as text, but this is ${kindOf(value)}`);
  const target = resolveReference(walk.root, value);
  if (target !== undefined) walk.targets.set(target, pointer);
  else
    say(
      walk,
      pointer,
      `there is no schema at ${value.slice(0, 80)}; only references inside this schema are followed, such as "#/$defs/address"`,
    );
}

/** A reference that leads back to itself without going one level down in the value would never end. */
function lookForLoops(walk: Walk): void {
  const done = new Set<JsonObject>();
  const onWay = new Set<JsonObject>();
  const visit = (schema: Json): boolean => {
    if (!isJsonObject(schema) || done.has(schema)) return true;
    if (onWay.has(schema)) return false;
    // A chain of references may be as long as the document; more than any honest schema has is refused here.
    if (onWay.size > 1000) return false;
    onWay.add(schema);
    const ends = inPlace(schema, walk.root).every(visit);
    onWay.delete(schema);
    done.add(schema);
    return ends;
  };
  for (const schema of [walk.root, ...walk.visited]) {
    if (visit(schema)) continue;
    say(walk, '', 'a $ref leads back to itself, so checking would never end');
    return;
  }
}

function inPlace(schema: JsonObject, root: Json): readonly Json[] {
  const { allOf, anyOf, oneOf, not, if: condition, then: yes, else: no, dependentSchemas, $ref, $dynamicRef } = schema;
  const lists = [allOf, anyOf, oneOf].flatMap((each): readonly Json[] => (Array.isArray(each) ? each : []));
  const references = [$ref, $dynamicRef].flatMap((each) =>
    typeof each === 'string' ? [resolveReference(root, each) ?? true] : [],
  );
  return [
    ...lists,
    ...references,
    not ?? true,
    condition ?? true,
    yes ?? true,
    no ?? true,
    ...Object.values(isJsonObject(dependentSchemas) ? dependentSchemas : {}),
  ];
}

function say(walk: Walk, pointer: string, message: string): void {
  walk.problems.push({ code: 'wrong_type', pointer, message });
}
