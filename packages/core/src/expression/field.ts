/** Reading a field or an element: own properties only, and an error that names the whole path when there is none. */
import { closest } from '../text/suggest.ts';
import { ExpressionError, Resolver } from './expression.ts';
import { isList, isMap, none, Optional, ownField, Special, typeOf, type Value } from './value.ts';

/** The field of a map or the element of a list; undefined when there is none, or when the value holds nothing at all. */
export function fieldOf(value: Value, key: string | number): Value | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Resolver) return value.field(String(key));
  if (isList(value)) return typeof key === 'number' ? value[key] : undefined;
  // A field of something optional is optional itself, so that `a.?b.c` asks for both.
  if (value instanceof Optional) return optionalField(value, key);
  return isMap(value) ? ownField(value, String(key)) : undefined;
}

/** `value.?key`: what is null or absent holds nothing. */
export function optionalField(value: Value, key: string | number, path?: string): Optional {
  const holder = value instanceof Optional ? (value.value ?? null) : value;
  if (holder === null) return none;
  if (!canHold(holder))
    throw new ExpressionError(`'${path ?? key}' asks ${typeOf(holder)} for a field`, 'expression_error', path);
  const field = fieldOf(holder, key);
  if (field === undefined) return none;
  return field instanceof Optional ? field : new Optional(field);
}

/** A key as it stands in a map: JSON has only text. */
export function keyOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ExpressionError(`a key is a string, a number or a bool, but this is ${typeOf(value)}`);
}

/** The key for one holder: a number for a list, text for a map. */
export function keyFor(holder: Value, key: Value): string | number {
  const target = holder instanceof Optional ? holder.value : holder;
  return target !== undefined && isList(target) && typeof key === 'number' ? key : keyOf(key);
}

export function canHold(value: Value): boolean {
  return typeof value === 'object' && value !== null && (!(value instanceof Special) || value instanceof Optional);
}

export type Place = {
  readonly key: string | number;
  /** The path as it is written, the key included. */
  readonly path: string;
  /** The same without the key. */
  readonly holderPath: string;
};

/** Why a holder has no such key. It shows what is written and names of fields, never values. */
export function missingField(holder: Value, place: Place): ExpressionError {
  return new ExpressionError(reasonMissing(holder, place), 'expression_error', place.path);
}

function reasonMissing(holder: Value, { key, path, holderPath }: Place): string {
  if (isList(holder))
    return typeof key === 'number'
      ? `no such element '${path}'`
      : `'${holderPath}' is a list, which is indexed by whole numbers`;
  if (!canHold(holder)) return `no such field '${path}': '${holderPath}' is ${typeOf(holder)}`;
  const near = isMap(holder) && typeof key === 'string' ? closest(key, Object.keys(holder)) : undefined;
  return `no such field '${path}'${near === undefined ? '' : `; did you mean '${near}'?`}`;
}
