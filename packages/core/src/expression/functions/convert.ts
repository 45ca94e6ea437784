/** Conversions between types. */
import { makeDuration, makeTimestamp } from '../arithmetic.ts';
import { chargeNewText, chargeText, type Evaluation } from '../budget.ts';
import { parseDuration } from '../duration.ts';
import { ExpressionError } from '../expression.ts';
import { any, bool, bytes, declare, duration, either, number, string, timestamp } from '../signature.ts';
import { parseTimestamp } from '../timestamp.ts';
import { toText } from '../to-json.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import { Bytes, Duration, Optional, Timestamp, TypeValue, typeNames, typeOf, type Value } from '../value.ts';

const numeric = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const wholeText = /^[+-]?[0-9]+$/;

export const convertFunctions = [
  declare({
    name: 'int',
    takes: [either(either(number, string), timestamp)],
    result: 'number',
    doc: 'a whole number: a number without its fraction, a text of digits, the seconds of a time',
    example: 'int(3.7)',
    call: (_, value) => toInt(value),
  }),
  declare({
    name: 'uint',
    takes: [either(number, string)],
    result: 'number',
    doc: 'like int, but not negative',
    example: 'uint("42")',
    call(_, value) {
      const whole = toInt(value);
      if (whole < 0) throw new ExpressionError('uint() of a negative number');
      return whole;
    },
  }),
  declare({
    name: 'double',
    takes: [either(number, string)],
    result: 'number',
    doc: 'a number, or the number that a text spells',
    example: 'double("1.5e3")',
    call: (_, value) => toDouble(value),
  }),
  declare({
    name: 'string',
    takes: [any],
    result: 'string',
    doc: 'text as it is, bytes as UTF-8, times as RFC 3339, durations in seconds, everything else as JSON',
    example: 'string(42.0)',
    call: spell,
  }),
  declare({
    name: 'bytes',
    takes: [either(string, bytes)],
    result: 'bytes',
    doc: 'the UTF-8 bytes of a text',
    example: 'bytes("hello")',
    call(evaluation, value) {
      if (value instanceof Bytes) return value;
      chargeNewText(evaluation, value.length);
      return new Bytes(encodeUtf8(value));
    },
  }),
  declare({
    name: 'bool',
    takes: [either(bool, string)],
    result: 'bool',
    doc: 'the truth that a text spells: true, t, 1, false, f or 0',
    example: 'bool("true")',
    call: (_, value) => toBool(value),
  }),
  declare({
    name: 'timestamp',
    takes: [either(either(string, number), timestamp)],
    result: 'timestamp',
    doc: 'a point in time from RFC 3339 text, or from seconds since 1970',
    example: 'timestamp("2026-01-31T09:00:00Z")',
    call: (_, value) => toTimestamp(value),
  }),
  declare({
    name: 'duration',
    takes: [either(string, duration)],
    result: 'duration',
    doc: 'a length of time from text such as "1h30m", "1.5s", "3d" or "PT5S"',
    example: 'duration("1h30m")',
    call: (_, value) => toDuration(value),
  }),
  declare({
    name: 'dyn',
    takes: [any],
    result: 'dyn',
    doc: 'the value itself, of a type that is not checked when the workflow is saved',
    example: 'dyn(1) == "1"',
    call: (_, value) => value,
  }),
  declare({
    name: 'type',
    takes: [any],
    result: 'type',
    doc: 'the type: int for a whole number, else double; bool, string, list, map, null_type, …',
    example: 'type(1.5) == double',
    call: (_, value) => typeNames.get(typeName(value)) ?? new TypeValue(typeName(value)),
  }),
];

function toInt(value: string | number | Timestamp): number {
  if (value instanceof Timestamp) return Math.floor(value.ms / 1000);
  if (typeof value === 'string' && !wholeText.test(value))
    throw new ExpressionError('int() of a text that is no whole number');
  const whole = Math.trunc(Number(value)) + 0;
  if (!Number.isSafeInteger(whole)) throw new ExpressionError('int() of a number beyond 2^53 - 1');
  return whole;
}

function toDouble(value: string | number): number {
  if (typeof value === 'number') return value;
  if (!numeric.test(value)) throw new ExpressionError('double() of a text that is no number');
  const result = Number(value);
  if (!Number.isFinite(result)) throw new ExpressionError('double() of a number that is not finite');
  return result;
}

function spell(evaluation: Evaluation, value: Value): string {
  if (!(value instanceof Bytes)) return toText(evaluation, value);
  chargeText(evaluation, value.bytes.length);
  const text = decodeUtf8(value.bytes);
  if (text === undefined) throw new ExpressionError('string() of bytes that are not UTF-8');
  return text;
}

function toBool(value: string | boolean): boolean {
  if (typeof value === 'boolean') return value;
  if (['true', 'True', 'TRUE', 't', '1'].includes(value)) return true;
  if (['false', 'False', 'FALSE', 'f', '0'].includes(value)) return false;
  throw new ExpressionError('bool() of a text that is neither true nor false');
}

function toTimestamp(value: string | number | Timestamp): Timestamp {
  if (value instanceof Timestamp) return value;
  const ms = typeof value === 'number' ? Math.trunc(value * 1000) : parseTimestamp(value);
  if (ms === undefined) throw new ExpressionError('timestamp() of a text that is no RFC 3339 time');
  return makeTimestamp(ms);
}

function toDuration(value: string | Duration): Duration {
  if (value instanceof Duration) return value;
  const ms = parseDuration(value);
  if (ms === undefined) throw new ExpressionError('duration() of a text that is no duration, such as "1h30m"');
  return makeDuration(ms);
}

function typeName(value: Value): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Optional) return 'optional_type';
  return value === null ? 'null_type' : typeOf(value);
}
