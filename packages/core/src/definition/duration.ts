/** Durations as people write them, and points in time. Shared by the compiler and the engine. */
import type { Json } from '../json.ts';

const unitMs: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `250ms 5s 1.5h 2d`. */
export const shortDuration = '^\\d{1,15}(\\.\\d{1,9})?(ms|s|m|h|d)$';
/** ISO 8601 without years and months, which have no length of their own; also matches `P` and `PT`, which are none. */
export const isoDuration = '^P(\\d{1,9}W)?(\\d{1,9}D)?(T(\\d{1,9}H)?(\\d{1,9}M)?(\\d{1,9}([.,]\\d{1,9})?S)?)?$';

const short = /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d)$/;
const iso =
  /^P(?=.)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:[.,]\d{1,9})?)S)?)?$/;

/** No duration is longer than a hundred years: it stays an exact number, also when it is added to a time. */
export const longestDurationMs = 100 * 365 * 86_400_000;

/**
 * Milliseconds, whole; undefined when `value` is not a duration: a number of milliseconds, `250ms 5s 10m 2h 3d`, or
 * ISO 8601 (`PT5S`).
 */
export function parseDuration(value: Json | undefined): number | undefined {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? textMs(value) : Number.NaN;
  return ms >= 0 && ms <= longestDurationMs ? Math.round(ms) : undefined;
}

function textMs(text: string): number {
  const plain = short.exec(text);
  if (plain !== null) return Number(plain[1]) * (unitMs[plain[2] ?? ''] ?? Number.NaN);
  const parts = iso.exec(text);
  if (parts === null) return Number.NaN;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number((part ?? '0').replace(',', '.')));
  return ((weeks * 7 + days) * 24 + hours) * 3_600_000 + minutes * 60_000 + seconds * 1000;
}

const timestamp = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Milliseconds since the epoch of an RFC 3339 timestamp (or of a number that is that already); undefined when it is none. */
export function parseTimestamp(value: Json | undefined): number | undefined {
  if (typeof value === 'number')
    return Number.isFinite(value) && Math.abs(value) <= 8.64e15 ? Math.round(value) : undefined;
  if (typeof value !== 'string') return undefined;
  const parts = timestamp.exec(value);
  if (parts === null) return undefined;
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number(parts[3]) > daysOf(Number(parts[1]), Number(parts[2]))) return undefined;
  const at = Date.parse(value.replace(' ', 'T').toUpperCase());
  return Number.isNaN(at) ? undefined : at;
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
