/** Which shapes of the answers have a name: a table from the shape to the name, so that the same shape is one type everywhere. */
import { chosenTypes } from './chosen-names.ts';
import { capital, type Method, singular } from './method.ts';
import type { NameOf, Schema } from './type-text.ts';

export type NamedTypes = {
  readonly nameOf: NameOf;
  /** By name, in the order of the alphabet. */
  readonly all: readonly (readonly [name: string, schema: Schema])[];
};

export function namedTypes(methods: readonly Method[]): NamedTypes {
  const byShape = new Map<string, string>();
  const byName = new Map<string, Schema>();
  const add = (name: string, schema: Schema | undefined) => {
    if (schema === undefined || byShape.has(shapeOf(schema))) return;
    if (byName.has(name)) throw new Error(`two shapes would be called ${name}: see tools/client/chosen-names.ts`);
    byShape.set(shapeOf(schema), name);
    byName.set(name, schema);
  };
  for (const [name, schema] of methods.flatMap(chosen)) add(name, schema);
  for (const each of methods) if (isEntity(each)) add(capital(singular(each.resource)), first(each));
  for (const each of methods) if (isCollection(each)) add(`${capital(singular(each.resource))}Row`, rowOf(each));
  return {
    nameOf: (schema) => byShape.get(shapeOf(schema)),
    all: [...byName].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** What a list is a list of. */
export function rowOf(method: Method): Schema | undefined {
  const items = first(method)?.properties?.data?.items;
  return Array.isArray(items) ? undefined : (items as Schema | undefined);
}

function chosen(method: Method): [string, Schema | undefined][] {
  const operation = `${method.verb} ${method.path}`;
  const found: [string, Schema | undefined][] = [];
  for (const [status, schema] of method.replies) {
    const name = chosenTypes[`${operation} ${status}`];
    if (name !== undefined) found.push([name, schema]);
  }
  const row = chosenTypes[`${operation} row`];
  if (row !== undefined) found.push([row, rowOf(method)]);
  return found;
}

const first = ({ replies }: Method): Schema | undefined => [...replies.values()][0];
const isEntity = ({ verb, path }: Method) => verb === 'GET' && /^\/[^/]+\/\{[^}]+\}$/.test(path);
const isCollection = ({ verb, path, isPaged }: Method) => verb === 'GET' && isPaged && /^\/[^/]+$/.test(path);
const shapeOf = (schema: Schema) => JSON.stringify(schema);
