/** Turns the texts of a query string into what the schema declares; the schema's check then judges them. */
import { closest } from '@cloudflow/core/text/suggest.ts';
import type { TObject } from 'typebox';
import type { ProblemError } from '../errors/problem.ts';

export type RawQuery = Readonly<Record<string, string | readonly string[]>>;
export type ReadQuery = {
  readonly values: Readonly<Record<string, unknown>>;
  readonly errors: readonly ProblemError[];
};

export function createQueryReader(schema: TObject): (raw: RawQuery) => ReadQuery {
  const types = new Map(Object.entries(schema.properties).map(([name, property]) => [name, wordsOf(property)]));
  const names = [...types.keys()];
  return (raw) => {
    const values: Record<string, unknown> = {};
    const errors: ProblemError[] = [];
    for (const name in raw) {
      const given = raw[name];
      const type = types.get(name);
      if (given === undefined) continue;
      if (type === undefined) errors.push(unknownParameter(name, names));
      else if (type.list) values[name] = [given].flat().map((text) => convert(text, type.item));
      else if (typeof given === 'string') values[name] = convert(given, type.item);
      else errors.push(at(name, 'repeated', `"${name}" may be given once.`));
    }
    return { values, errors };
  };
}

export function unknownParameter(name: string, known: readonly string[]): ProblemError {
  const suggestion = closest(name, known);
  const list = known.length === 0 ? 'this operation takes none' : `known are ${known.join(', ')}`;
  const error = at(name, 'unknown_parameter', `There is no parameter "${name.slice(0, 80)}"; ${list}.`);
  return suggestion === undefined ? error : { ...error, suggestion };
}

function at(name: string, code: string, message: string): ProblemError {
  return { pointer: `/query/${name.slice(0, 80)}`, code, message };
}

type Words = { readonly list: boolean; readonly item: string | undefined };
type TypedSchema = { readonly type?: string; readonly items?: { readonly type?: string } };

function wordsOf(property: TypedSchema): Words {
  return property.type === 'array' ? { list: true, item: property.items?.type } : { list: false, item: property.type };
}

/** What cannot be converted stays text, and is refused by the check with the type that was expected. */
function convert(text: string, type: string | undefined): unknown {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if ((type === 'integer' || type === 'number') && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  return text;
}
