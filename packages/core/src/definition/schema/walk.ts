/** Goes through a definition along the schema of the language: what in it are steps, fields that the language names, and data. */
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { pointerTo } from '../pointer.ts';
import { findControlType } from '../types/index.ts';
import { workflowSchema } from './workflow-schema.ts';

export type Visitor = {
  /** An object whose fields the language names. `kind` is the name of its definition, '' for most. */
  fields?(object: JsonObject, names: readonly string[], kind: string): JsonObject;
  /** A list of steps, which is gone into only where the visitor does so. */
  steps(steps: readonly Json[], pointer: string): Json;
};

const workflow = { ...workflowSchema, kind: 'workflow' };
const definitions = workflowSchema.$defs as { readonly [name: string]: JsonObject };

/** The document as the visitor makes it anew; what does not fit the language stays as it is. */
export function walkDocument(document: Json, visitor: Visitor): Json {
  return walk(document, workflow, { visitor, pointer: '' });
}

/** Pointers are relative to the step. */
export function walkStep(step: Json, visitor: Visitor): Json {
  return walk(step, definition('step'), { visitor, pointer: '' });
}

type Walk = { readonly visitor: Visitor; readonly pointer: string };

function walk(value: Json, schema: JsonObject, { visitor, pointer }: Walk): Json {
  const at = (key: string | number) => ({ visitor, pointer: pointerTo(pointer, key) });
  if (typeof schema.$ref === 'string') return walk(value, definition(schema.$ref.slice(8)), { visitor, pointer });
  if (isList(value)) {
    if (schema.kind === 'steps') return visitor.steps(value, pointer);
    const items = schemaOf(schema.items);
    return value.map((item, index) => walk(item, items, at(index)));
  }
  if (!isJsonObject(value)) return value;
  const fitting = isList(schema.anyOf) ? schemaOf(schema.anyOf.find(isOfObjects)) : schema;
  const properties = propertiesOf(fitting, value);
  const rest = schemaOf(fitting.additionalProperties);
  const entries = Object.entries(value).map(
    ([key, inner]) =>
      [key, walk(inner, Object.hasOwn(properties, key) ? schemaOf(properties[key]) : rest, at(key))] as const,
  );
  const made = Object.fromEntries(entries);
  const names = Object.keys(properties);
  return names.length === 0 ? made : (visitor.fields?.(made, names, String(fitting.kind ?? '')) ?? made);
}

/** The `config` of a step is of its type; that of an action is data. */
function propertiesOf({ kind, properties = {} }: JsonObject, value: JsonObject): JsonObject {
  const fields = properties as JsonObject;
  if (kind !== 'step' && kind !== 'compensation') return fields;
  const type = typeof value.type === 'string' ? findControlType(value.type) : undefined;
  return { ...fields, config: type?.configSchema ?? {} };
}

function definition(name: string): JsonObject {
  return { ...schemaOf(definitions[name]), kind: name };
}

/** Booleans are schemas too, and say nothing here. */
function schemaOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function isOfObjects(schema: Json): boolean {
  return isJsonObject(schema) && schema.type === 'object';
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
