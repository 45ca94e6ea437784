/** Functions on text: the standard ones and the string extension of cel-go. All offsets count code points. */
import { charge, chargeElements, chargeNewText, chargeText, type Evaluation } from '../budget.ts';
import { lengthOf, pointsOf, sliceOf, toPointOffset, toUnitOffset } from '../code-points.ts';
import { ExpressionError } from '../expression.ts';
import { matchesPattern } from '../patterns.ts';
import { allStrings, declare, list, maybe, number, string } from '../signature.ts';
import { formatText } from './format.ts';

export const stringFunctions = [
  declare({
    name: '.contains',
    takes: [string, string],
    result: 'bool',
    doc: 'true when the text holds the other',
    example: '"workflow".contains("flow")',
    call: (evaluation, text, part) => read(evaluation, text).includes(part),
  }),
  declare({
    name: '.startsWith',
    takes: [string, string],
    result: 'bool',
    doc: 'true when the text begins with the other',
    example: '"workflow".startsWith("work")',
    call: (evaluation, text, part) => read(evaluation, part).length <= text.length && text.startsWith(part),
  }),
  declare({
    name: '.endsWith',
    takes: [string, string],
    result: 'bool',
    doc: 'true when the text ends with the other',
    example: '"workflow".endsWith("flow")',
    call: (evaluation, text, part) => read(evaluation, part).length <= text.length && text.endsWith(part),
  }),
  declare({
    name: '.matches',
    takes: [string, string],
    result: 'bool',
    doc: 'true when the RE2 pattern is found anywhere in the text',
    example: '"order-17".matches("^order-[0-9]+$")',
    call: matchesPattern,
  }),
  declare({
    name: 'matches',
    takes: [string, string],
    result: 'bool',
    doc: 'the same as text.matches(pattern)',
    example: 'matches("order-17", "[0-9]+")',
    call: matchesPattern,
  }),
  declare({
    name: '.charAt',
    takes: [string, number],
    result: 'string',
    doc: 'the character at an offset; empty at the end of the text',
    example: '"hello".charAt(4)',
    call(evaluation, text, at) {
      const points = takeApart(evaluation, text);
      return points.slice(offset(at, points.length), at + 1).join('');
    },
  }),
  declare({
    name: '.indexOf',
    takes: [string, string, maybe(number)],
    result: 'number',
    doc: 'the first offset of a part, from a given offset on; -1 when there is none',
    example: '"hello mellow".indexOf("ello", 2)',
    call(evaluation, text, part, from = 0) {
      const start = toUnitOffset(read(evaluation, text), offset(from, lengthOf(text)));
      return toPointOffset(text, text.indexOf(part, start));
    },
  }),
  declare({
    name: '.lastIndexOf',
    takes: [string, string, maybe(number)],
    result: 'number',
    doc: 'the last offset of a part, at or before a given offset; -1 when there is none',
    example: '"hello mellow".lastIndexOf("ello")',
    call(evaluation, text, part, from) {
      const length = lengthOf(read(evaluation, text));
      const start = toUnitOffset(text, offset(from ?? length, length));
      return toPointOffset(text, text.lastIndexOf(part, start));
    },
  }),
  declare({
    name: '.substring',
    takes: [string, number, maybe(number)],
    result: 'string',
    doc: 'the part from one offset up to another, or to the end',
    example: '"tacocat".substring(0, 4)',
    call(evaluation, text, from, to) {
      const length = lengthOf(read(evaluation, text));
      const end = offset(to ?? length, length);
      if (offset(from, length) > end) throw new ExpressionError('substring(): the start is behind the end');
      return sliceOf(text, from, end);
    },
  }),
  declare({
    name: '.lowerAscii',
    takes: [string],
    result: 'string',
    doc: 'with the letters A to Z in lower case',
    example: '"TacoCat".lowerAscii()',
    call: (evaluation, text) => read(evaluation, text).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  }),
  declare({
    name: '.upperAscii',
    takes: [string],
    result: 'string',
    doc: 'with the letters a to z in upper case',
    example: '"TacoCat".upperAscii()',
    call: (evaluation, text) => read(evaluation, text).replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
  }),
  declare({
    name: '.trim',
    takes: [string],
    result: 'string',
    doc: 'without white space at both ends',
    example: '"  trim\\n ".trim()',
    call: (evaluation, text) => read(evaluation, text).trim(),
  }),
  declare({
    name: '.reverse',
    takes: [string],
    result: 'string',
    doc: 'with the characters in the opposite order',
    example: '"gums".reverse()',
    call: (evaluation, text) => [...takeApart(evaluation, text)].reverse().join(''),
  }),
  declare({
    name: '.replace',
    takes: [string, string, string, maybe(number)],
    result: 'string',
    doc: 'with every occurrence of a part replaced, or only the first so many',
    example: '"hello hello".replace("he", "we", 1)',
    call: (evaluation, text, part, by, limit) => replace(evaluation, text, { part, by, limit: limit ?? -1 }),
  }),
  declare({
    name: '.split',
    takes: [string, string, maybe(number)],
    result: 'list',
    doc: 'the parts between separators, at most so many',
    example: '"a,b,c".split(",", 2)',
    call: (evaluation, text, separator, limit) => split(evaluation, text, { separator, limit: limit ?? -1 }),
  }),
  declare({
    name: '.join',
    takes: [list, maybe(string)],
    result: 'string',
    doc: 'the texts of a list as one, with a separator between them',
    example: '["hello", "mellow"].join(" ")',
    call: (evaluation, values, separator) => join(evaluation, allStrings(values, 'join'), separator ?? ''),
  }),
  declare({
    name: '.format',
    takes: [string, list],
    result: 'string',
    doc: 'fills in %s %d %f %e %b %o %x %X and %%, with a precision such as %.2f',
    example: '"%s costs %.2f".format(["tea", 1.5])',
    call: formatText,
  }),
  declare({
    name: 'strings.quote',
    takes: [string],
    result: 'string',
    doc: 'the text as a literal, in quotes and with escapes',
    example: 'strings.quote("first\\nsecond")',
    call: quote,
  }),
];

/** The code points of a text. Each becomes a text of its own, which costs far more than reading it. */
function takeApart(evaluation: Evaluation, text: string): readonly string[] {
  charge(evaluation, text.length / 32);
  return pointsOf(text);
}

/** Charges for reading a text to its end. */
function read(evaluation: Evaluation, text: string): string {
  chargeText(evaluation, text.length);
  return text;
}

function offset(at: number, length: number): number {
  if (!Number.isInteger(at) || at < 0 || at > length) throw new ExpressionError('the offset is outside of the text');
  return at;
}

type Replacement = { readonly part: string; readonly by: string; readonly limit: number };

function replace(evaluation: Evaluation, text: string, { part, by, limit }: Replacement): string {
  const most = limit < 0 ? -1 : limit + 1;
  if (part !== '') return join(evaluation, split(evaluation, text, { separator: part, limit: most }), by);
  // An empty part stands before each character and at the end, as in Go.
  const points = takeApart(evaluation, text);
  const gaps = limit < 0 ? points.length + 1 : Math.min(limit, points.length + 1);
  chargeNewText(evaluation, text.length + by.length * gaps);
  const filled = points.map((point, index) => (index < gaps ? by + point : point)).join('');
  return gaps > points.length ? filled + by : filled;
}

function split(
  evaluation: Evaluation,
  text: string,
  { separator, limit }: { separator: string; limit: number },
): readonly string[] {
  if (limit === 0) return [];
  chargeText(evaluation, text.length);
  const pieces = separator === '' ? takeApart(evaluation, text) : text.split(separator);
  chargeElements(evaluation, pieces.length);
  if (limit < 0 || pieces.length <= limit) return pieces;
  return [...pieces.slice(0, limit - 1), pieces.slice(limit - 1).join(separator)];
}

function join(evaluation: Evaluation, texts: readonly string[], separator: string): string {
  let length = separator.length * Math.max(0, texts.length - 1);
  for (const text of texts) length += text.length;
  chargeElements(evaluation, texts.length);
  chargeNewText(evaluation, length);
  return texts.join(separator);
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

function quote(evaluation: Evaluation, text: string): string {
  return `"${takeApart(evaluation, text)
    .map((point) => escapes.get(point) ?? point)
    .join('')}"`;
}
