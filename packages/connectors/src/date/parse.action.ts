/** Reads a date in any notation. */
import { configInvalid, dataInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import { DateTime } from 'luxon';
import Type from 'typebox';
import { first, locale, localeOf, momentOf, valid, view, viewOf, zone, zoneOf } from './moment.ts';

export default defineAction({
  type: 'date.parse',
  title: 'Read a date',
  description:
    'Reads a date and takes it apart. A local time that is skipped when clocks are put forward is moved forward by as much; of one ' +
    'that comes twice the first is meant.',
  category: 'data',
  icon: 'calendar',
  version: 1,
  config: Type.Object(
    {
      text: Type.String({ minLength: 1, maxLength: 100, description: 'What is read.' }),
      format: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 100,
          description:
            'How it is written: `rfc2822`, `http`, or tokens of Luxon such as `dd.MM.yyyy HH:mm`, `d LLLL yyyy`, each once. ' +
            'Default: ISO 8601.',
        }),
      ),
      zone,
      locale,
    },
    { additionalProperties: false },
  ),
  output: Type.Object(view),
  errors: [dataInvalid('The text is no date in this format.')],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: { text, format, zone: name, locale: language } }) {
    const in_ = { zone: zoneOf(name), locale: localeOf(language) };
    if (format === undefined) return viewOf(momentOf(text, in_.zone));
    if (format === 'rfc2822') return viewOf(valid(DateTime.fromRFC2822(text, in_), text));
    if (format === 'http') return viewOf(valid(DateTime.fromHTTP(text, in_), text));
    mustUseOnce(format);
    const read = valid(DateTime.fromFormat(text, format, in_), text);
    // An offset in the text (Z, ZZ, ZZZ) leaves no doubt; without one a time may come twice.
    return viewOf(/Z/.test(format.replace(/'[^']*'/g, '')) ? read : first(read));
  },
});

/** A date has one day and one hour. Formats that repeat them could be matched in millions of ways, one after the other. */
function mustUseOnce(format: string): void {
  const tokens = format.replace(/'[^']*'/g, ' ').match(/([A-Za-z])\1*/g) ?? [];
  const letters = tokens.map((token) => token[0]);
  const twice = letters.find((letter, at) => letters.indexOf(letter) !== at);
  if (twice !== undefined) throw configInvalid('/format', `has two tokens of the letter ${twice}`);
}
