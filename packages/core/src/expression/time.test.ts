import { describe, expect, it } from 'vitest';
import { evaluate } from '../../testing/expression/evaluate.ts';
import type { Json } from '../json.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { parseTimestamp } from './timestamp.ts';

const at = 'timestamp("2026-03-01T23:30:15.250Z")';

describe('times', () => {
  it.each<[string, Json]>([
    [`${at}.getFullYear()`, 2026],
    [`${at}.getMonth()`, 2],
    [`${at}.getDate()`, 1],
    [`${at}.getDayOfMonth()`, 0],
    [`${at}.getDayOfWeek()`, 0],
    [`${at}.getDayOfYear()`, 59],
    [`${at}.getHours()`, 23],
    [`${at}.getMinutes()`, 30],
    [`${at}.getSeconds()`, 15],
    [`${at}.getMilliseconds()`, 250],
    [`${at}.getHours("Europe/Berlin")`, 0],
    [`${at}.getDate("Europe/Berlin")`, 2],
    [`${at}.getHours("america/los_angeles")`, 15],
    [`${at}.getHours("UTC")`, 23],
    [`${at}.getMinutes("+05:45")`, 15],
    [`${at}.getHours("-08:00")`, 15],
    [`${at}.getHours("02:00")`, 1],
    [`${at}.getMilliseconds("Asia/Kolkata")`, 250],
    // Summer time begins on 29 March 2026 at 01:00 UTC.
    ['timestamp("2026-03-29T00:59:59Z").getHours("Europe/Berlin")', 1],
    ['timestamp("2026-03-29T01:00:00Z").getHours("Europe/Berlin")', 3],
    ['timestamp("1969-12-31T23:59:59.999Z").getMilliseconds("Europe/Berlin")', 999],
    ['timestamp("0001-01-01T00:00:00Z").getFullYear()', 1],
    ['timestamp("0099-06-01T00:00:00Z").getFullYear()', 99],
    ['timestamp("2024-12-31T00:00:00Z").getDayOfYear()', 365],
    [`${at} + duration("1h")`, '2026-03-02T00:30:15.250Z'],
    [`duration("-1h") + ${at}`, '2026-03-01T22:30:15.250Z'],
    [`${at} - duration("30m")`, '2026-03-01T23:00:15.250Z'],
    [`${at} - timestamp("2026-03-01T00:00:00Z")`, '84615.25s'],
    ['duration("1h") + duration("30m")', '5400s'],
    ['duration("1h") - duration("90m")', '-1800s'],
    ['-duration("1s")', '-1s'],
    ['duration("1h30m15.5s").getHours()', 1],
    ['duration("1h30m").getMinutes()', 90],
    ['duration("1m1s").getSeconds()', 61],
    ['duration("1.25s").getMilliseconds()', 1250],
    ['duration("-90s").getMinutes()', -1],
    ['timestamp("2026-03-01T23:30:15.123456789+02:00")', '2026-03-01T21:30:15.123Z'],
    ['timestamp(1.5)', '1970-01-01T00:00:01.500Z'],
    ['timestamp("2026-01-01t00:00:00z")', '2026-01-01T00:00:00.000Z'],
    ['string(now() - timestamp("2026-01-31T12:00:00Z"))', '0.005s'],
  ])('%s is %j', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });

  it.each([
    `${at}.getHours(dyn("Mars/Olympus"))`,
    `${at}.getHours("")`,
    `${at}.getHours("+25:00")`,
    'timestamp("9999-12-31T23:59:59Z") + duration("1s")',
    'timestamp("0001-01-01T00:00:00Z") - duration("1s")',
    'timestamp(dyn("2026-02-30T00:00:00Z"))',
    'timestamp(1e13)',
    'duration(dyn("1"))',
    `${at} + dyn(1)`,
    'duration("3000000h") * dyn(2)',
  ])('%s fails', (source) => {
    expect(() => evaluate(source)).toThrow(/./);
  });

  it.each([
    '2026-01-31',
    '2026-01-31T09:00:00',
    '2026-1-31T09:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T09:60:00Z',
    '2026-01-31T09:00:60Z',
    '0000-01-01T00:00:00Z',
    '2026-01-31T09:00:00+24:00',
    'x',
  ])('%s is no time', (text) => expect(parseTimestamp(text)).toBeUndefined());
});

describe('durations as text', () => {
  it.each([
    ['0', 0],
    ['5s', 5000],
    ['250ms', 250],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['-1m', -60_000],
    ['+1m', 60_000],
    ['0.29s', 290],
    ['3d', 259_200_000],
    ['1us', 0],
    ['1500µs', 1],
    ['1ns', 0],
    ['.5s', 500],
    ['PT5S', 5000],
    ['P1DT2H3M4.5S', 93_784_500],
    ['P2W', 1_209_600_000],
    ['-PT1M', -60_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '1',
    's',
    '1x',
    '1 s',
    '1s ',
    'PT',
    'P',
    'P1',
    'PTS',
    '--1s',
    'P1M',
    '1e3s',
    '99999999999999h',
    '9'.repeat(100),
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each([
    [5_400_000, '5400s'],
    [1500, '1.5s'],
    [-250, '-0.25s'],
    [0, '0s'],
    [1, '0.001s'],
  ])('%d ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
