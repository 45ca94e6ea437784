/** Values to JSON and to text, as results leave the language. */

import type { Json } from '../json.ts';
import { encodeBase64 } from './base64.ts';
import { chargeElements, chargeNewText, chargeText, deepestValue, type Evaluation } from './budget.ts';
import { formatDuration } from './duration.ts';
import { ExpressionError, Resolver } from './expression.ts';
import { formatTimestamp } from './timestamp.ts';
import {
  Bytes,
  Duration,
  isList,
  isMap,
  Optional,
  ownField,
  Special,
  setOwn,
  Timestamp,
  TypeValue,
  type Value,
} from './value.ts';

/** The JSON of a value. What is JSON already is returned as it is, uncopied; charged by what was looked at. */
export function toJson(evaluation: Evaluation, value: Value): Json {
  return convert(evaluation, value, 0);
}

/** A value as text: strings as they are, everything else JSON. */
export function toText(evaluation: Evaluation, value: Value): string {
  if (typeof value === 'string') return value;
  const json = toJson(evaluation, value);
  return typeof json === 'string' ? json : writeJson(evaluation, json);
}

export function writeJson(evaluation: Evaluation, json: Json): string {
  const text = stringify(json);
  chargeNewText(evaluation, text.length);
  return text;
}

/** A Resolver becomes the map it stands for, and is charged for its size; every other value stays. */
export function resolved(evaluation: Evaluation, value: Value): Value {
  return value instanceof Resolver ? convert(evaluation, value, 0) : value;
}

function convert(evaluation: Evaluation, value: Value, depth: number): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string') {
    // Charged although nothing is copied: one text may stand in a result a million times.
    chargeText(evaluation, value.length);
    return value;
  }
  if (depth > deepestValue) throw new ExpressionError(`a value nested deeper than ${deepestValue}`);
  if (value instanceof Resolver) return convert(evaluation, value.toJson(), depth);
  if (value instanceof Special) return convertSpecial(evaluation, value, depth);
  if (isList(value)) return convertList(evaluation, value, depth);
  return isMap(value) ? convertMap(evaluation, value, depth) : null;
}

function convertSpecial(evaluation: Evaluation, value: Special, depth: number): Json {
  if (value instanceof Timestamp) return formatTimestamp(value.ms);
  if (value instanceof Duration) return formatDuration(value.ms);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Bytes) {
    chargeNewText(evaluation, value.bytes.length * 2);
    return encodeBase64(value.bytes);
  }
  const inner = value instanceof Optional ? value.value : undefined;
  if (inner === undefined) throw new ExpressionError('the value is absent, so it needs .orValue(…) or .hasValue()');
  return convert(evaluation, inner, depth + 1);
}

function convertList(evaluation: Evaluation, list: readonly Value[], depth: number): Json {
  chargeElements(evaluation, list.length + 1);
  let copy: Json[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const value = list[index] ?? null;
    const json = convert(evaluation, value, depth + 1);
    if (copy === undefined && json !== value) copy = list.slice(0, index) as Json[];
    copy?.push(json);
  }
  return copy ?? (list as readonly Json[]);
}

function convertMap(evaluation: Evaluation, map: { readonly [key: string]: Value }, depth: number): Json {
  const keys = Object.keys(map);
  chargeElements(evaluation, keys.length + 1);
  let copy: { [key: string]: Json } | undefined;
  for (const key of keys) {
    const value = ownField(map, key) ?? null;
    const json = convert(evaluation, value, depth + 1);
    if (json === value) continue;
    if (copy === undefined) copy = copyOf(map as { readonly [key: string]: Json });
    setOwn(copy, key, json);
  }
  return copy ?? (map as { readonly [key: string]: Json });
}

function copyOf(map: { readonly [key: string]: Json }): { [key: string]: Json } {
  const copy: { [key: string]: Json } = {};
  for (const key of Object.keys(map)) setOwn(copy, key, map[key] ?? null);
  return copy;
}

function stringify(json: Json): string {
  try {
    return JSON.stringify(json);
  } catch (error) {
    // Data may be nested deeper than the stack: V8 then throws a RangeError.
    if (error instanceof RangeError) throw new ExpressionError('a value nested too deeply to be written as JSON');
    throw error;
  }
}
