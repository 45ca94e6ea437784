/** Measures the time between two dates. */
import { dataInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { moment, momentOf, zone, zoneOf } from './moment.ts';

export default defineAction({
  type: 'date.diff',
  title: 'Measure between dates',
  description:
    'Measures from one date to another, negative when it is before. Years to days are counted by the calendar of the zone, so that ' +
    'a day in which the clocks change is one day; hours to milliseconds are counted as they pass.',
  category: 'data',
  icon: 'calendar',
  version: 1,
  config: Type.Object(
    {
      from: moment('The first'),
      to: moment('The second'),
      unit: Type.Enum(['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'], {
        description: 'In which is measured.',
      }),
      zone,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    value: Type.Number({ description: 'With what is left as a fraction.' }),
    whole: Type.Integer({ description: 'Without it.' }),
  }),
  errors: [dataInvalid('`from` or `to` is no date.')],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: { from, to, unit, zone: name } }) {
    const zoneName = zoneOf(name);
    const value = momentOf(to, zoneName).diff(momentOf(from, zoneName), unit).as(unit);
    return { value, whole: Math.trunc(value) + 0 };
  },
});
