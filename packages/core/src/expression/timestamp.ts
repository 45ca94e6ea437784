/** Points in time as text: RFC 3339. */

const form =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})$/;

export const earliestMs = -62_135_596_800_000; // 0001-01-01T00:00:00Z
export const latestMs = 253_402_300_799_999; // 9999-12-31T23:59:59.999Z

/** Milliseconds since the epoch, finer parts cut off; undefined when the text is no RFC 3339 time. */
export function parseTimestamp(text: string): number | undefined {
  const found = form.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', offset = 'Z'] = found;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const days = daysOf(Number(year), Number(month), Number(day));
  const offsetMs = parseOffset(offset);
  if (days === undefined || offsetMs === undefined) return undefined;
  const seconds = (days * 24 + Number(hour)) * 3600 + Number(minute) * 60 + Number(second);
  const ms = seconds * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0')) - offsetMs;
  return isTimestamp(ms) ? ms : undefined;
}

/** RFC 3339 in UTC with milliseconds, such as `2026-01-31T09:00:00.000Z`. */
export function formatTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}

export function isTimestamp(ms: number): boolean {
  return ms >= earliestMs && ms <= latestMs;
}

/** `Z`, or hours and minutes such as `+05:30`, `-08:00`, `02:00`: milliseconds east of UTC. */
export function parseOffset(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const found = /^([+-]?)([0-9]{2}):([0-9]{2})$/.exec(text);
  if (found === null || Number(found[2]) > 23 || Number(found[3]) > 59) return undefined;
  const ms = (Number(found[2]) * 60 + Number(found[3])) * 60_000;
  return found[1] === '-' ? -ms : ms;
}

/** Days since the epoch; undefined for a day that the calendar does not have. */
function daysOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return Math.round(date.getTime() / 86_400_000);
}
