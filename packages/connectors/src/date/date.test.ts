import type { TypedAction } from '@cloudflow/sdk/index.ts';
import { fakeContext, runAction } from '@cloudflow/sdk/testing/index.ts';
import type { Static, TSchema } from 'typebox';
import { afterEach, describe, expect, it, vi } from 'vitest';
import add from './add.action.ts';
import diff from './diff.action.ts';
import format from './format.action.ts';
import parse from './parse.action.ts';

const run = <Config extends TSchema, Output extends TSchema>(
  action: TypedAction<Config, Output>,
  config: Static<Config>,
): Promise<Static<Output>> => runAction(action, fakeContext({ config }) as never);
const newYork = 'America/New_York';
const zurich = 'Europe/Zurich';

describe('date.parse', () => {
  it('reads ISO 8601, in the zone where it names no offset', async () => {
    expect(await run(parse, { text: '2026-11-21T17:05:09', zone: zurich })).toEqual({
      timestamp: '2026-11-21T16:05:09.000Z',
      local: '2026-11-21T17:05:09.000+01:00',
      unix_ms: Date.UTC(2026, 10, 21, 16, 5, 9),
      ...{ year: 2026, month: 11, day: 21, hour: 17, minute: 5, second: 9, weekday: 6, week: 47, offset_minutes: 60 },
    });
    const utc = await run(parse, { text: '2026-11-21T17:05:09-05:00', zone: zurich });
    expect(utc.local).toBe('2026-11-21T23:05:09.000+01:00');
  });

  it.each([
    ['Sat, 21 Nov 2026 17:05:09 +0100', 'rfc2822', 'en', '2026-11-21T16:05:09.000Z'],
    ['Sat, 21 Nov 2026 16:05:09 GMT', 'http', 'en', '2026-11-21T16:05:09.000Z'],
    ['5. März 2026', 'd. LLLL yyyy', 'de', '2026-03-04T23:00:00.000Z'],
    ['03/05/2026 11:30 PM', 'LL/dd/yyyy hh:mm a', 'en', '2026-03-05T22:30:00.000Z'],
  ])('reads %s as %s in %s', async (text, how, locale, timestamp) => {
    expect(await run(parse, { text, format: how, locale, zone: zurich })).toMatchObject({ timestamp });
  });

  describe('at a change of the clocks', () => {
    afterEach(() => void vi.useRealTimers());

    it.each(['2026-01-15', '2026-07-15'])(
      'means the first of two and moves what is skipped, asked on %s',
      async (today) => {
        vi.useFakeTimers({ now: new Date(today) });
        const twice = { text: '2026-11-01T01:30', zone: newYork };
        expect(await run(parse, twice)).toMatchObject({ local: '2026-11-01T01:30:00.000-04:00' });
        const tokens = { text: '01.11.2026 01:30', format: 'dd.MM.yyyy HH:mm', zone: newYork };
        expect(await run(parse, tokens)).toMatchObject({ local: '2026-11-01T01:30:00.000-04:00' });
        const named = { text: '2026-11-01T01:30-05:00', zone: newYork };
        expect(await run(parse, named)).toMatchObject({ local: '2026-11-01T01:30:00.000-05:00' });
        const skipped = { text: '2026-03-08T02:30', zone: newYork };
        expect(await run(parse, skipped)).toMatchObject({ local: '2026-03-08T03:30:00.000-04:00' });
      },
    );
  });

  it.each([
    [{ text: '2026-02-30' }, 'data_invalid'],
    [{ text: 'tomorrow' }, 'data_invalid'],
    [{ text: '2026-01-01', format: 'dd.MM.yyyy' }, 'data_invalid'],
    [{ text: '2026-01-01', zone: 'Mars/Olympus' }, 'config_invalid'],
    [{ text: `${'1'.repeat(40)}x`, format: 'yL'.repeat(12) }, 'config_invalid'],
    [{ text: '2026-01-01', locale: 'not a locale' }, 'config_invalid'],
  ])('refuses %j', async (config, code) => {
    await expect(run(parse, config)).rejects.toMatchObject({ name: 'ActionError', code });
  });
});

describe('date.format', () => {
  it.each([
    ['iso', 'en', '2026-11-21T17:05:09.000+01:00'],
    ['http', 'en', 'Sat, 21 Nov 2026 16:05:09 GMT'],
    ['rfc2822', 'de', 'Sat, 21 Nov 2026 17:05:09 +0100'],
    ['dd.MM.yyyy HH:mm', 'en', '21.11.2026 17:05'],
    ['cccc, d. LLLL yyyy', 'de', 'Samstag, 21. November 2026'],
  ])('writes %s in %s', async (how, locale, text) => {
    const config = { date: '2026-11-21T16:05:09Z', format: how, locale, zone: zurich };
    expect(await run(format, config)).toEqual({ text });
  });

  it('takes milliseconds, and nothing that cannot be counted', async () => {
    expect(await run(format, { date: 0, format: 'iso' })).toEqual({ text: '1970-01-01T00:00:00.000Z' });
    await expect(run(format, { date: 9e15, format: 'iso' })).rejects.toMatchObject({ code: 'data_invalid' });
  });
});

describe('date.add', () => {
  it.each([
    [
      'keeps the local time over a change of the clocks',
      '2026-03-07T12:00',
      { days: 1 },
      '2026-03-08T12:00:00.000-04:00',
    ],
    ['counts hours as they pass', '2026-03-07T12:00', { hours: 24 }, '2026-03-08T13:00:00.000-04:00'],
    ['ends on the last day of a shorter month', '2026-01-31T00:00', { months: 1 }, '2026-02-28T00:00:00.000-05:00'],
    ['takes away', '2024-02-29T00:00', { years: -1, weeks: 1 }, '2023-03-07T00:00:00.000-05:00'],
  ])('%s', async (_what, date, amounts, local) => {
    expect(await run(add, { date, zone: newYork, ...amounts })).toMatchObject({ local });
  });

  it('refuses what is outside of what can be counted', async () => {
    await expect(run(add, { date: '2026-01-01', years: 1_000_000 })).rejects.toMatchObject({ code: 'data_invalid' });
  });
});

describe('date.diff', () => {
  it.each([
    ['2026-03-07T12:00', '2026-03-08T12:00', 'days', 1, 1],
    ['2026-03-07T12:00', '2026-03-08T12:00', 'hours', 23, 23],
    ['2026-01-31', '2026-02-28', 'months', 1, 1],
    ['2026-01-02', '2026-01-01T12:00', 'days', -0.5, 0],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:01:30Z', 'minutes', 1.5, 1],
  ] as const)('from %s to %s in %s is %d', async (from, to, unit, value, whole) => {
    expect(await run(diff, { from, to, unit, zone: newYork })).toEqual({ value, whole });
  });
});
