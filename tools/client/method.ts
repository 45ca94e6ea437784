/** What each operation is called in the client, `GET /executions/{id}/steps` is `executions.steps`, and what it is given and gives. */
import { chosenNames } from './chosen-names.ts';
import type { OpenApi, Operation, Parameter } from './open-api.ts';
import type { Schema } from './type-text.ts';

export type Method = {
  readonly resource: string;
  readonly name: string;
  /** `POST`. */
  readonly verb: string;
  readonly path: string;
  readonly operation: Operation;
  /** Names of the parameters in the path, in order. */
  readonly places: readonly string[];
  readonly query: readonly Parameter[];
  readonly body: Body | undefined;
  readonly takesKey: boolean;
  readonly takesIfMatch: boolean;
  readonly isPaged: boolean;
  readonly isRepeatable: boolean;
  /** What successes answer with as JSON, by status; empty when they have no body. */
  readonly replies: ReadonlyMap<string, Schema>;
  /** It answers with something else than JSON. */
  readonly isOpaque: boolean;
};

/** `whole`: any object, an argument of its own. Else its fields are given together with those of the query. */
export type Body = { readonly schema: Schema; readonly isRequired: boolean; readonly isWhole: boolean };

/** All of them, by resource and name. Throws when two would be called the same. */
export function describeMethods({ paths }: OpenApi): readonly Method[] {
  const taken = new Map<string, string>();
  const methods = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) =>
      describe(method.toUpperCase(), path, { operation, isThing: 'get' in operations }),
    ),
  );
  for (const { resource, name, verb, path } of methods) {
    const called = `${resource}.${name}`;
    const other = taken.get(called);
    if (other !== undefined)
      throw new Error(`${verb} ${path} and ${other} would both be ${called}: name one in tools/client/chosen-names.ts`);
    taken.set(called, `${verb} ${path}`);
  }
  return methods.sort((a, b) => compare(`${a.resource}.${a.name}`, `${b.resource}.${b.name}`));
}

/** By resource, in the order of their names. */
export function resourcesOf(
  methods: readonly Method[],
): readonly (readonly [resource: string, methods: readonly Method[]])[] {
  const names = [...new Set(methods.map(({ resource }) => resource))];
  return names.map((name) => [name, methods.filter(({ resource }) => resource === name)]);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

type Described = { readonly operation: Operation; readonly isThing: boolean };

function describe(verb: string, path: string, { operation, isThing }: Described): Method {
  const { parameters } = operation;
  const { replies, isOpaque } = repliesOf(operation);
  const query = parameters.filter((each) => each.in === 'query');
  const header = (name: string) => parameters.some((each) => each.in === 'header' && each.name === name);
  const isPaged = query.some(({ name }) => name === 'cursor');
  const takesKey = header('idempotency-key');
  const [resource = '', name = ''] = (
    chosenNames[`${verb} ${path}`] ?? nameOf(verb, path, { isList: isList(replies), isThing })
  ).split('.');
  return {
    resource,
    name,
    verb,
    path,
    operation,
    places: parameters.filter((each) => each.in === 'path').map((each) => each.name),
    query,
    body: bodyOf(operation, query),
    takesKey,
    takesIfMatch: header('if-match'),
    isPaged,
    // A call that only reads may be repeated, whatever its verb is.
    isRepeatable: verb === 'GET' || verb === 'PUT' || verb === 'DELETE' || takesKey || isRead(operation),
    replies,
    isOpaque,
  };
}

function isRead(operation: Operation): boolean {
  return operation['x-permission']?.endsWith(':read') ?? false;
}

function isList(replies: ReadonlyMap<string, Schema>): boolean {
  return [...replies.values()].some(({ properties }) => properties?.data?.type === 'array');
}

function repliesOf({ responses }: Operation) {
  const replies = new Map<string, Schema>();
  let isOpaque = false;
  for (const [status, { content }] of Object.entries(responses)) {
    if (!status.startsWith('2')) continue;
    const json = content?.['application/json']?.schema;
    if (json) replies.set(status, json);
    else if (status !== '204') isOpaque = true;
  }
  return { replies, isOpaque };
}

function bodyOf({ requestBody, operationId }: Operation, query: readonly Parameter[]): Body | undefined {
  const schema = requestBody?.content['application/json']?.schema;
  if (!requestBody || !schema) return undefined;
  const isWhole = schema.type !== 'object' || schema.additionalProperties !== false;
  const both = isWhole ? undefined : query.find(({ name }) => name in (schema.properties ?? {}));
  if (both)
    throw new Error(`${operationId} has "${both.name}" in its query and in its body: the client gives both together`);
  return { schema, isRequired: requestBody.required, isWhole };
}

export type NameFacts = {
  /** It answers with `data`, a list. */
  readonly isList: boolean;
  /** The same path can be read: it is a thing, and no deed. */
  readonly isThing: boolean;
};

/** By rule; what reads badly so is in `chosenNames`. */
export function nameOf(verb: string, path: string, { isList, isThing }: NameFacts): string {
  const [first = '', ...rest] = path.split('/').filter((part) => part !== '');
  const resource = camel(first.split('-'));
  const isOne = isPlace(rest[0]);
  const inside = isOne ? rest.slice(1) : rest;
  if (inside.length > 0) return `${resource}.${nameInside(verb, inside, isThing)}`;
  const ofAll = { GET: isList ? 'list' : 'get', POST: 'create', PUT: 'set', PATCH: 'update', DELETE: 'delete' };
  const ofOne = { ...ofAll, GET: 'get', PUT: 'replace' };
  return `${resource}.${(isOne ? ofOne : ofAll)[verb as keyof typeof ofAll]}`;
}

/** Of `steps/{path}/skip`: what stands before a place is one of many. */
function nameInside(verb: string, inside: readonly string[], isThing: boolean): string {
  const words = inside.flatMap((part, at) => {
    if (isPlace(part)) return [];
    return (isPlace(inside[at + 1]) ? singular(part) : part).split('-');
  });
  if (verb === 'GET') return camel(words);
  if (verb !== 'POST') return camel([{ PUT: 'set', PATCH: 'update' }[verb] ?? 'delete', ...words]);
  if (isThing) return camel(['create', ...words.slice(0, -1), singular(words.at(-1) ?? '')]);
  const isDeedToOne = inside.some(isPlace) && !isPlace(inside.at(-1));
  return camel(isDeedToOne ? [words.at(-1) ?? '', ...words.slice(0, -1)] : words);
}

const isPlace = (part: string | undefined) => part?.startsWith('{') ?? false;

export function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}

function camel([first = '', ...others]: readonly string[]): string {
  return first + others.map(capital).join('');
}

export function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
