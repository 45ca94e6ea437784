/** Local time in a zone: an IANA name such as `Europe/Berlin`, or an offset such as `+05:30`. */
import { parseOffset } from './timestamp.ts';

/** Formatters are slow to make. Only names that exist are kept, so the map cannot grow beyond the zones of the world. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/**
 * A date whose UTC fields (getUTCHours, …) are the fields of the local time, or undefined when there is no such zone.
 */
export function localTime(ms: number, zone: string): Date | undefined {
  const offset = parseOffset(zone);
  if (offset !== undefined) return new Date(ms + offset);
  if (zone === 'UTC') return new Date(ms);
  const formatter = formatterOf(zone);
  return formatter === undefined ? undefined : readParts(formatter, ms);
}

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  if (zone.length > 64) return undefined;
  const key = zone.toLowerCase();
  const known = formatters.get(key);
  if (known !== undefined) return known;
  try {
    const formatter = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(key, formatter);
    return formatter;
  } catch {
    return undefined; // RangeError: there is no such zone.
  }
}

function readParts(formatter: Intl.DateTimeFormat, ms: number): Date {
  const fields = new Map(formatter.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const field = (name: Intl.DateTimeFormatPartTypes) => fields.get(name) ?? 0;
  const local = new Date(0);
  local.setUTCFullYear(field('year'), field('month') - 1, field('day'));
  local.setUTCHours(field('hour'), field('minute'), field('second'), ((ms % 1000) + 1000) % 1000);
  return local;
}
