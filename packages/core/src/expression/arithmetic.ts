/** The operators `+ - * / %` and unary `-` on values. */
import { chargeElements, chargeNewText, type Evaluation } from './budget.ts';
import { longestDurationMs } from './duration.ts';
import { ExpressionError } from './expression.ts';
import { isTimestamp } from './timestamp.ts';
import { Bytes, Duration, isList, Timestamp, typeOf, type Value } from './value.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export function add(evaluation: Evaluation, left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return checked(left + right, left, right);
  if (typeof left === 'string' && typeof right === 'string') {
    chargeNewText(evaluation, left.length + right.length);
    return left + right;
  }
  if (isList(left) && isList(right)) {
    chargeElements(evaluation, left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof Duration && right instanceof Duration) return makeDuration(left.ms + right.ms);
  if (left instanceof Timestamp && right instanceof Duration) return makeTimestamp(left.ms + right.ms);
  if (left instanceof Duration && right instanceof Timestamp) return makeTimestamp(left.ms + right.ms);
  if (left instanceof Bytes && right instanceof Bytes) return joinBytes(evaluation, left, right);
  throw noOverload('+', left, right);
}

export function subtract(_evaluation: Evaluation, left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return checked(left - right, left, right);
  if (left instanceof Duration && right instanceof Duration) return makeDuration(left.ms - right.ms);
  if (left instanceof Timestamp && right instanceof Duration) return makeTimestamp(left.ms - right.ms);
  if (left instanceof Timestamp && right instanceof Timestamp) return makeDuration(left.ms - right.ms);
  throw noOverload('-', left, right);
}

export function multiply(_evaluation: Evaluation, left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return checked(left * right, left, right);
  throw noOverload('*', left, right);
}

/** Always exact: 3 / 2 is 1.5. */
export function divide(_evaluation: Evaluation, left: Value, right: Value): Value {
  if (typeof left !== 'number' || typeof right !== 'number') throw noOverload('/', left, right);
  if (right === 0) throw new ExpressionError('division by zero');
  return checked(left / right, left, right);
}

/** The rest has the sign of the left operand, as in CEL. */
export function remainder(_evaluation: Evaluation, left: Value, right: Value): Value {
  if (typeof left !== 'number' || typeof right !== 'number') throw noOverload('%', left, right);
  if (right === 0) throw new ExpressionError('division by zero');
  return checked(left % right, left, right);
}

export function negate(value: Value): Value {
  if (typeof value === 'number') return value === 0 ? 0 : -value;
  if (value instanceof Duration) return makeDuration(-value.ms);
  throw new ExpressionError(`- takes a number or a duration, but got ${typeOf(value)}`);
}

/** Refuses what is no longer a number, and whole numbers that a double no longer holds exactly. */
export function checked(result: number, left: number, right: number): number {
  if (result <= Number.MAX_SAFE_INTEGER && result >= Number.MIN_SAFE_INTEGER) return result;
  if (!Number.isFinite(result)) throw new ExpressionError('the result is not a finite number');
  if (Number.isInteger(left) && Number.isInteger(right)) {
    throw new ExpressionError('the result is a whole number beyond 2^53 - 1, which would not be exact');
  }
  return result;
}

export function makeTimestamp(ms: number): Timestamp {
  if (!isTimestamp(ms)) throw new ExpressionError('the time is not between the years 1 and 9999');
  return new Timestamp(ms);
}

export function makeDuration(ms: number): Duration {
  if (Math.abs(ms) > longestDurationMs) throw new ExpressionError('the duration is over ten thousand years');
  return new Duration(ms);
}

function joinBytes(evaluation: Evaluation, left: Bytes, right: Bytes): Bytes {
  chargeNewText(evaluation, left.bytes.length + right.bytes.length);
  const joined = new Uint8Array(left.bytes.length + right.bytes.length);
  joined.set(left.bytes);
  joined.set(right.bytes, left.bytes.length);
  return new Bytes(joined);
}

function noOverload(operator: ArithmeticOperator, left: Value, right: Value): ExpressionError {
  const hint = operator === '+' && (typeof left === 'string' || typeof right === 'string') ? '; use string(…)' : '';
  return new ExpressionError(`${operator} cannot take ${typeOf(left)} and ${typeOf(right)}${hint}`);
}
