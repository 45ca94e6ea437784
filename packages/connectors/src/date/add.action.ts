/** Moves a date by a time of the calendar or of the clock. */
import { dataInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { moment, momentOf, valid, view, viewOf, zone, zoneOf } from './moment.ts';

const amount = (description: string) =>
  Type.Optional(Type.Integer({ minimum: -1_000_000_000, maximum: 1_000_000_000, description }));

export default defineAction({
  type: 'date.add',
  title: 'Add to a date',
  description:
    'Adds to a date, or takes away with negative numbers. Years to days keep the local time, also over a change of the clocks; ' +
    'hours to seconds are counted as they pass. A day that the month has not becomes its last.',
  category: 'data',
  icon: 'calendar',
  version: 1,
  config: Type.Object(
    {
      date: moment('Where it begins'),
      zone,
      years: amount('Of the calendar.'),
      months: amount('Of the calendar.'),
      weeks: amount('Of the calendar.'),
      days: amount('Of the calendar.'),
      hours: amount('Of the clock.'),
      minutes: amount('Of the clock.'),
      seconds: amount('Of the clock.'),
    },
    { additionalProperties: false },
  ),
  output: Type.Object(view),
  errors: [dataInvalid('`date` is none, or the result is outside of what can be counted.')],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: { date, zone: name, ...amounts } }) {
    const moved = momentOf(date, zoneOf(name)).plus(amounts);
    return viewOf(valid(moved, String(date)));
  },
});
