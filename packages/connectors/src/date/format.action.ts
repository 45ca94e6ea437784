/** Writes a date in any notation. */
import { dataInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { locale, localeOf, moment, momentOf, zone, zoneOf } from './moment.ts';

export default defineAction({
  type: 'date.format',
  title: 'Write a date',
  description: 'Writes a date for people or for another program, in a time zone and a language.',
  category: 'data',
  icon: 'calendar',
  version: 1,
  config: Type.Object(
    {
      date: moment('What is written'),
      format: Type.String({
        minLength: 1,
        maxLength: 200,
        description: '`iso`, `rfc2822`, `http`, or tokens of Luxon such as `dd.MM.yyyy HH:mm`, `cccc, d LLLL yyyy`.',
      }),
      zone,
      locale,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ text: Type.String({ description: 'The date.' }) }),
  errors: [dataInvalid('`date` is none.')],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: { date, format, zone: name, locale: language } }) {
    const at = momentOf(date, zoneOf(name)).setLocale(localeOf(language));
    switch (format) {
      case 'iso':
        return { text: String(at.toISO()) };
      case 'rfc2822':
        return { text: String(at.toRFC2822()) };
      case 'http':
        return { text: String(at.toHTTP()) };
      default:
        return { text: at.toFormat(format) };
    }
  },
});
