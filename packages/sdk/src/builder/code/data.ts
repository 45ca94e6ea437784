/** JSON as TypeScript. */
import { isJsonObject, type Json, type JsonObject } from '@cloudflow/core/json.ts';
import { inCode } from '../field-name.ts';
import { type Code, object, prefixed } from './layout.ts';

export function dataCode(value: Json): Code {
  if (typeof value === 'string') return textCode(value);
  if (Array.isArray(value)) return { open: '[', items: (value as readonly Json[]).map(dataCode), close: ']' };
  if (isJsonObject(value)) return object(Object.entries(value).map(([key, inner]) => fieldCode(key, dataCode(inner))));
  return Object.is(value, -0) ? '-0' : String(value);
}

export function fieldCode(name: string, value: Code): Code {
  return prefixed(`${keyCode(name)}: `, value);
}

/** An object of the language: its own names are those of the builder, its values are data. */
export function fieldsCode(fields: JsonObject): Code {
  return object(Object.entries(fields).map(([name, value]) => fieldCode(inCode(name), dataCode(value))));
}

/** `__proto__` in brackets is a field like any other. */
function keyCode(name: string): string {
  if (name === '__proto__') return `['__proto__']`;
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(escapesOf(name));
}

/** Text of several lines keeps them. */
export function textCode(text: string): string {
  const escaped = escapesOf(text);
  if (!/\n./.test(text)) return quoted(escaped);
  const inside = escaped.replace(/\\(.)|`|\$\{/g, (found, after) => inTicks[after ?? found] ?? found);
  return `\`${inside}\``;
}

/** What JSON escapes is escaped here, lone surrogates included, which no file of text can hold. */
function escapesOf(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function quoted(escaped: string): string {
  return `'${escaped.replace(/\\(.)|'/g, (found, after) => inQuotes[after ?? found] ?? found)}'`;
}

/** By what stands behind a backslash, or by the text itself. */
const inTicks: { readonly [found: string]: string } = { n: '\n', '"': '"', '`': '\\`', '${': '\\${' };
const inQuotes: { readonly [found: string]: string } = { '"': '"', "'": "\\'" };
