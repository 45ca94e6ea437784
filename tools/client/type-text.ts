/** A JSON Schema, as TypeBox prints it, as the text of a TypeScript type. */

export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema | readonly Schema[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly patternProperties?: { readonly [pattern: string]: Schema };
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly description?: string;
};

/** Finds the name of a schema that has one. */
export type NameOf = (schema: Schema) => string | undefined;

export function typeText(schema: Schema, nameOf: NameOf = () => undefined): string {
  return nameOf(schema) ?? shapeText(schema, nameOf);
}

/** The type as it is written out, whatever its name. */
export function shapeText(schema: Schema, nameOf: NameOf): string {
  const { anyOf, oneOf, allOf, type } = schema;
  if (schema.$ref !== undefined) throw new Error(`the reference ${schema.$ref} is not followed`);
  if ('const' in schema) return literal(schema.const);
  if (schema.enum) return union(schema.enum.map(literal));
  const choices = anyOf ?? oneOf;
  if (choices) return union(choices.map((each) => typeText(each, nameOf)));
  if (allOf) return allOf.map((each) => `(${typeText(each, nameOf)})`).join(' & ');
  if (Array.isArray(type)) return union(type.map((each: string) => shapeText({ ...schema, type: each }, nameOf)));
  switch (type) {
    case 'object':
      return objectText(schema, nameOf);
    case 'array':
      return arrayText(schema, nameOf);
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return type;
    case undefined:
      return 'unknown';
    default:
      throw new Error(`no TypeScript type is known for the JSON Schema type ${String(type)}`);
  }
}

function objectText(schema: Schema, nameOf: NameOf): string {
  const { properties = {}, required = [], patternProperties, additionalProperties } = schema;
  const fields = Object.entries(properties).map(([name, field]) => {
    const optional = required.includes(name) ? '' : '?';
    return `${comment(field.description)}readonly ${key(name)}${optional}: ${typeText(field, nameOf)};`;
  });
  const others = Object.values(patternProperties ?? {});
  if (typeof additionalProperties === 'object') others.push(additionalProperties);
  const isOpen = additionalProperties === true;
  if (isOpen || others.length > 0) {
    // An index must allow what the named fields are.
    const isMixed = isOpen || fields.length > 0;
    fields.push(
      `readonly [name: string]: ${isMixed ? 'unknown' : union(others.map((each) => typeText(each, nameOf)))};`,
    );
  }
  return fields.length === 0 ? '{ readonly [name: string]: unknown }' : `{\n${fields.join('\n')}\n}`;
}

function arrayText({ items }: Schema, nameOf: NameOf): string {
  if (isTuple(items)) return `readonly [${items.map((each) => typeText(each, nameOf)).join(', ')}]`;
  return `readonly (${items === undefined ? 'unknown' : typeText(items, nameOf)})[]`;
}

function isTuple(items: Schema['items']): items is readonly Schema[] {
  return Array.isArray(items);
}

function union(members: readonly string[]): string {
  const all = [...new Set(members)];
  return all.includes('unknown') ? 'unknown' : all.join(' | ');
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : String(value);
}

export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`;
}

export function comment(text: string | undefined): string {
  return text === undefined ? '' : `/** ${text.replaceAll('*/', '*\\/').replaceAll(/\s+/g, ' ')} */\n`;
}
