/** A failure as it is shown on stderr: for people, or as problem+json for who asked for JSON. */
import type { Json } from '@cloudflow/core/json.ts';
import type { Paint } from '../output/paint.ts';
import { plainText } from '../output/plain-text.ts';
import { exitCodes } from './exit-codes.ts';
import type { Failure, Place } from './failure.ts';

export function failureText(failure: Failure, paint: Paint): string {
  const { places = [], remedy, correlationId } = failure.options;
  return [
    `${paint('red', 'error:')} ${plainText(failure.message)}`,
    ...places.map((place) => `  ${placeText(place, paint)}`),
    ...(remedy === undefined ? [] : [`${paint('bold', 'what to do:')} ${plainText(remedy)}`]),
    ...(correlationId === undefined ? [] : [paint('dim', plainText(`correlation id: ${correlationId}`))]),
  ].join('\n');
}

export function placeText({ pointer, code, message, suggestion }: Place, paint: Paint): string {
  const where = pointer === '' ? '' : `${paint('cyan', plainText(pointer))}: `;
  const meant = suggestion === undefined || /did you mean/i.test(message) ? '' : ` (did you mean ${suggestion}?)`;
  return `${where}${plainText(message + meant)}${code === undefined ? '' : paint('dim', plainText(` [${code}]`))}`;
}

/** What the server answered, as it came; in the same form where the server was not asked. */
export function failureJson({ message, options }: Failure): Json {
  if (options.problem !== undefined) return options.problem;
  const { code = options.ending, places = [], remedy } = options;
  const errors = places.map(({ pointer, code: why = code, message: text, suggestion }) => ({
    pointer,
    code: why,
    message: text,
    ...(suggestion !== undefined && { suggestion }),
  }));
  return {
    type: 'about:blank',
    title: exitCodes[options.ending].meaning,
    detail: message,
    code,
    errors,
    ...(remedy !== undefined && { remedy }),
  };
}
