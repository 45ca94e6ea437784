/** A moment as a step names it, and as the others see it: with its zone, and without a doubt which one is meant. */
import type { Json } from '@cloudflow/core/json.ts';
import { ActionError, configInvalid } from '@cloudflow/sdk/index.ts';
import { DateTime, IANAZone } from 'luxon';
import Type from 'typebox';

export const moment = (description: string) =>
  Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Integer()], {
    description: `${description}: text as ISO 8601 has it (without an offset it is local to \`zone\`), or milliseconds since 1970.`,
  });

export const zone = Type.Optional(
  Type.String({ maxLength: 64, default: 'UTC', description: 'Such as `Europe/Zurich`. Default: UTC.' }),
);

export const view = {
  timestamp: Type.String({ description: 'In UTC, RFC 3339 with milliseconds.' }),
  local: Type.String({ description: 'In the zone, RFC 3339 with its offset.' }),
  unix_ms: Type.Integer({ description: 'Milliseconds since 1970.' }),
  year: Type.Integer({ description: 'In the zone, like all below.' }),
  month: Type.Integer({ description: '1 to 12.' }),
  day: Type.Integer({ description: '1 to 31.' }),
  hour: Type.Integer({ description: '0 to 23.' }),
  minute: Type.Integer({ description: '0 to 59.' }),
  second: Type.Integer({ description: '0 to 59.' }),
  weekday: Type.Integer({ description: '1 is Monday, 7 Sunday.' }),
  week: Type.Integer({ description: 'Of the year, as ISO 8601 counts.' }),
  offset_minutes: Type.Integer({ description: 'From UTC.' }),
};

export function zoneOf(name = 'UTC'): string {
  if (IANAZone.isValidZone(name)) return name;
  throw configInvalid('/zone', 'is no time zone, such as Europe/Zurich');
}

/** Throws `data_invalid`. */
export function momentOf(value: string | number, zoneName: string): DateTime {
  if (typeof value === 'number') return valid(DateTime.fromMillis(value, { zone: zoneName }), String(value));
  const read = valid(DateTime.fromISO(value, { zone: zoneName }), value);
  return /T.*(z|[+-]\d{2}(:?\d{2})?)$/i.test(value) ? read : first(read);
}

/** Where clocks are put back a local time comes twice: the first is meant, whatever the season in which it is asked. */
export function first(read: DateTime): DateTime {
  const [earliest] = read.getPossibleOffsets();
  return earliest ?? read;
}

export function valid(read: DateTime, given: string): DateTime {
  if (read.isValid) return read;
  const reason = read.invalidExplanation ?? 'it is outside of what can be counted';
  const details: { readonly [field: string]: Json } = { value: given.slice(0, 100) };
  throw new ActionError(`No date: ${reason}`, { code: 'data_invalid', details });
}

export function viewOf(at: DateTime) {
  const { year, month, day, hour, minute, second, weekday, weekNumber: week, offset } = at;
  return {
    timestamp: String(at.toUTC().toISO()),
    local: String(at.toISO()),
    unix_ms: at.toMillis(),
    ...{ year, month, day, hour, minute, second, weekday, week, offset_minutes: offset },
  };
}

export const locale = Type.Optional(
  Type.String({
    maxLength: 35,
    default: 'en',
    description: 'Of the names of months and days, such as `de-CH`. Default: en.',
  }),
);

export function localeOf(name = 'en'): string {
  try {
    return Intl.getCanonicalLocales(name)[0] ?? 'en';
  } catch {
    throw configInvalid('/locale', 'is no tag of a language, such as de-CH');
  }
}
