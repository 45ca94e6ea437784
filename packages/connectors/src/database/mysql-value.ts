/** From what the driver makes of a value of MySQL to JSON without loss, and back to a parameter. */
import mysql, { type FieldPacket } from 'mysql2';

const { Types, TypedParameter } = mysql;

/** With the settings of the session: dates are text in UTC, whole numbers beyond 2^53 are text, `decimal` is text. */
export function jsonValue(value: unknown, field: FieldPacket | undefined): unknown {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return field?.columnType === Types.BIT ? bits(value) : value.toString('base64');
  if (typeof value !== 'string') return value;
  // A day that does not exist, `0000-00-00`, has no other form.
  if (value.startsWith('0000')) return value;
  if (field?.columnType === Types.TIMESTAMP) return `${value.replace(' ', 'T')}Z`;
  return field?.columnType === Types.DATETIME ? value.replace(' ', 'T') : value;
}

/** `bit(n)` as a number, or as text where a number of JSON cannot hold it. */
function bits(value: Buffer): number | string {
  const number = BigInt(`0x${value.toString('hex') || '0'}`);
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number.toString();
}

/** A whole number goes as one: as a floating one it could not stand behind `limit`, and would make `1` out of `'1'` elsewhere. */
export function parameter(value: unknown): never {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return TypedParameter.BIGINT(value) as never;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value) as never;
  return value as never;
}
