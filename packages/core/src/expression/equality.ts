/** Equality of any two values, and order of two values of one type. */
import { charge, chargeElements, chargeText, deepestValue, type Evaluation } from './budget.ts';
import { ExpressionError, Resolver } from './expression.ts';
import { resolved } from './to-json.ts';
import {
  Bytes,
  Duration,
  isList,
  isMap,
  Optional,
  ownField,
  Special,
  Timestamp,
  TypeValue,
  typeOf,
  type Value,
  type ValueMap,
} from './value.ts';

/** Deep; values of different types are not equal, which is no error. */
export function equals(evaluation: Evaluation, left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length !== right.length) return false;
    if (left.length > 256) chargeText(evaluation, left.length);
    return left === right;
  }
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return left === right;
  return deepEquals(evaluation, [left, right], 0);
}

/** Negative, zero or positive. @throws ExpressionError when the two have no order. */
export function compare(evaluation: Evaluation, left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return compareText(evaluation, left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Timestamp && right instanceof Timestamp) return left.ms - right.ms;
  if (left instanceof Duration && right instanceof Duration) return left.ms - right.ms;
  if (left instanceof Bytes && right instanceof Bytes) return compareBytes(evaluation, left.bytes, right.bytes);
  throw new ExpressionError(`${typeOf(left)} and ${typeOf(right)} have no order`);
}

function deepEquals(evaluation: Evaluation, [left, right]: readonly [Value, Value], depth: number): boolean {
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') {
    return equals(evaluation, left, right);
  }
  if (left === right) return true;
  if (depth > deepestValue) throw new ExpressionError(`values nested deeper than ${deepestValue} cannot be compared`);
  chargeElements(evaluation, 2);
  if (left instanceof Resolver || right instanceof Resolver) {
    return deepEquals(evaluation, [resolved(evaluation, left), resolved(evaluation, right)], depth + 1);
  }
  if (left instanceof Special) return right instanceof Special && specialEquals(evaluation, [left, right], depth);
  if (isList(left)) return isList(right) && listEquals(evaluation, [left, right], depth);
  return isMap(left) && isMap(right) && mapEquals(evaluation, [left, right], depth);
}

function specialEquals(evaluation: Evaluation, [left, right]: readonly [Special, Special], depth: number): boolean {
  if (left instanceof Optional && right instanceof Optional) {
    if (left.value === undefined || right.value === undefined) return left.value === right.value;
    return deepEquals(evaluation, [left.value, right.value], depth + 1);
  }
  if (left instanceof TypeValue && right instanceof TypeValue) return left.name === right.name;
  if (left.type !== right.type) return false;
  return compare(evaluation, left, right) === 0;
}

function listEquals(
  evaluation: Evaluation,
  [left, right]: readonly [readonly Value[], readonly Value[]],
  depth: number,
): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    chargeElements(evaluation, 1);
    if (!deepEquals(evaluation, [left[index] ?? null, right[index] ?? null], depth + 1)) return false;
  }
  return true;
}

function mapEquals(evaluation: Evaluation, [left, right]: readonly [ValueMap, ValueMap], depth: number): boolean {
  const keys = Object.keys(left);
  chargeElements(evaluation, 2 * keys.length);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) {
    const other = ownField(right, key);
    if (other === undefined || !deepEquals(evaluation, [left[key] ?? null, other], depth + 1)) return false;
  }
  return true;
}

/** By code points, as CEL orders text. JavaScript orders by UTF-16 units, where U+FFFD comes after all emoji. */
function compareText(evaluation: Evaluation, left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  chargeText(evaluation, shorter);
  let index = 0;
  while (index < shorter && left.charCodeAt(index) === right.charCodeAt(index)) index += 1;
  if (index === shorter) return left.length - right.length;
  return orderOfUnit(left.charCodeAt(index)) - orderOfUnit(right.charCodeAt(index));
}

/** Moves surrogates behind the rest of the basic plane. */
function orderOfUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareBytes(evaluation: Evaluation, left: Uint8Array, right: Uint8Array): number {
  const shorter = Math.min(left.length, right.length);
  charge(evaluation, shorter / 256);
  for (let index = 0; index < shorter; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
