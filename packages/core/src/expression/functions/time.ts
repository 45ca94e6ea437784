/** The parts of times and durations. */

import { makeTimestamp } from '../arithmetic.ts';
import { charge, type Evaluation } from '../budget.ts';
import { ExpressionError } from '../expression.ts';
import { declare, duration, type LanguageFunction, maybe, string, timestamp } from '../signature.ts';
import type { Timestamp } from '../value.ts';
import { localTime } from '../zones.ts';

type Part = { readonly name: string; readonly doc: string; readonly of: (local: Date) => number };

const parts: readonly Part[] = [
  { name: 'getFullYear', doc: 'the year', of: (local) => local.getUTCFullYear() },
  { name: 'getMonth', doc: 'the month, from 0 for January', of: (local) => local.getUTCMonth() },
  { name: 'getDate', doc: 'the day of the month, from 1', of: (local) => local.getUTCDate() },
  { name: 'getDayOfMonth', doc: 'the day of the month, from 0', of: (local) => local.getUTCDate() - 1 },
  { name: 'getDayOfWeek', doc: 'the day of the week, from 0 for Sunday', of: (local) => local.getUTCDay() },
  { name: 'getDayOfYear', doc: 'the day of the year, from 0', of: dayOfYear },
  { name: 'getHours', doc: 'the hour, from 0 to 23', of: (local) => local.getUTCHours() },
  { name: 'getMinutes', doc: 'the minute', of: (local) => local.getUTCMinutes() },
  { name: 'getSeconds', doc: 'the second', of: (local) => local.getUTCSeconds() },
  { name: 'getMilliseconds', doc: 'the milliseconds of the second', of: (local) => local.getUTCMilliseconds() },
];

const lengths = [
  { name: 'getHours', doc: 'the whole hours of a duration', ms: 3_600_000 },
  { name: 'getMinutes', doc: 'the whole minutes of a duration', ms: 60_000 },
  { name: 'getSeconds', doc: 'the whole seconds of a duration', ms: 1000 },
  { name: 'getMilliseconds', doc: 'the milliseconds of a duration', ms: 1 },
];

export const timeFunctions: readonly LanguageFunction[] = [
  ...parts.map(({ name, doc, of }) =>
    declare({
      name: `.${name}`,
      takes: [timestamp, maybe(string)],
      result: 'number',
      doc: `${doc}; in UTC, or in a zone such as "Europe/Berlin" or "+05:30"`,
      example: `timestamp("2026-03-01T23:30:00Z").${name}("Europe/Berlin")`,
      call: (evaluation, time, zone) => of(inZone(evaluation, time, zone)),
    }),
  ),
  ...lengths.map(({ name, doc, ms }) =>
    declare({
      name: `.${name}`,
      takes: [duration],
      result: 'number',
      doc,
      example: `duration("1h30m").${name}()`,
      call: (_, { ms: whole }) => Math.trunc(whole / ms) + 0,
    }),
  ),
  declare({
    name: 'now',
    takes: [],
    result: 'timestamp',
    doc: 'the time of this evaluation; recorded, so that a replay sees the same',
    example: 'now() + duration("1h")',
    volatile: true,
    call: ({ scope }) => makeTimestamp(Math.trunc(scope.now)),
  }),
];

function inZone(evaluation: Evaluation, time: Timestamp, zone: string | undefined): Date {
  if (zone === undefined) return new Date(time.ms);
  charge(evaluation, 10);
  const local = localTime(time.ms, zone);
  if (local === undefined) throw new ExpressionError('there is no such time zone');
  return local;
}

function dayOfYear(local: Date): number {
  const start = new Date(local);
  start.setUTCMonth(0, 1);
  return Math.round((local.getTime() - start.getTime()) / 86_400_000);
}
