/**
 * From the text in which PostgreSQL sends a value to JSON, without loss: what a number of JSON cannot hold exactly stays text.
 * A type that is not listed is the text that `psql` shows.
 */
import pg from 'pg';

type Read = (text: string) => unknown;

const scalars: Readonly<Record<number, Read>> = {
  16: (text) => text === 't', // bool
  17: bytes, // bytea
  20: wholeNumber, // int8
  21: Number, // int2
  23: Number, // int4
  26: Number, // oid
  114: JSON.parse, // json
  700: floatingNumber, // float4
  701: floatingNumber, // float8
  1114: (text) => text.replace(' ', 'T'), // timestamp, which has no zone
  1184: instant, // timestamptz
  3802: JSON.parse, // jsonb
};

/** By the type of the array, that of its elements; 25 stands for all that are text. */
const elements: Readonly<Record<number, number>> = {
  199: 114,
  1000: 16,
  1001: 17,
  1005: 21,
  1007: 23,
  1009: 25,
  1014: 25,
  1015: 25,
  1016: 20,
  1021: 700,
  1022: 701,
  1028: 26,
  1115: 1114,
  1182: 25,
  1183: 25,
  1185: 1184,
  1231: 25,
  2951: 25,
  3807: 3802,
};

/** Its declared types are of an older form. */
const arrays = pg.types.arrayParser as unknown as {
  create(text: string, read: (each: string | null) => unknown): { parse(): unknown[] };
};

export function readerOf(type: number): Read {
  const element = elements[type];
  if (element === undefined) return scalars[type] ?? asItIs;
  const read = scalars[element] ?? asItIs;
  return (text) => arrays.create(text, (each: string | null) => (each === null ? null : read(each))).parse();
}

function asItIs(text: string): string {
  return text;
}

function wholeNumber(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** JSON has no NaN and no infinity. */
function floatingNumber(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function bytes(text: string): string {
  // Since PostgreSQL 9.0 `\x` and hex, unless somebody asked for the old form.
  return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex').toString('base64') : text;
}

/** `2026-01-02 03:04:05.678+00` as RFC 3339; `infinity` and years before Christ have no form there and stay. */
function instant(text: string): string {
  const found = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(?::?(\d\d))?$/.exec(text);
  if (!found) return text;
  const [, day, time, hours, minutes = '00'] = found;
  const zone = `${hours}:${minutes}`;
  return `${day}T${time}${zone === '+00:00' ? 'Z' : zone}`;
}
