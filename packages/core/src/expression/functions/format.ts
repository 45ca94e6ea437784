/** `"…".format([…])`: the verbs of cel-go. */
import { charge, chargeNewText, type Evaluation } from '../budget.ts';
import { ExpressionError } from '../expression.ts';
import { toText } from '../to-json.ts';
import { Bytes, typeOf, type Value } from '../value.ts';

const verbPattern = /%(?:%|(?:\.([0-9]{1,3}))?([a-zA-Z]))?/g;
const largestPrecision = 100;

export function formatText(evaluation: Evaluation, pattern: string, args: readonly Value[]): string {
  let used = 0;
  let length = pattern.length;
  const text = pattern.replace(verbPattern, (found, precision?: string, verb?: string) => {
    if (found === '%%') return '%';
    if (verb === undefined) throw new ExpressionError('format(): a % without a verb; a percent sign is written %%');
    const value = args[used];
    used += 1;
    if (value === undefined) throw new ExpressionError(`format(): the list has only ${args.length} values`);
    charge(evaluation, 1);
    const written = write(evaluation, value, { verb, precision: precision === undefined ? 6 : Number(precision) });
    length += written.length;
    chargeNewText(evaluation, length > 10_000 ? length : written.length);
    return written;
  });
  if (used < args.length)
    throw new ExpressionError(`format(): the list has ${args.length} values, but ${used} are used`);
  return text;
}

type Verb = { readonly verb: string; readonly precision: number };

function write(evaluation: Evaluation, value: Value, { verb, precision }: Verb): string {
  if (precision > largestPrecision) throw new ExpressionError(`format(): a precision over ${largestPrecision}`);
  switch (verb) {
    case 's':
      return toText(evaluation, value);
    case 'd':
      return String(whole(value, verb));
    case 'f':
      return fixed(numeric(value, verb), precision);
    case 'e':
      return exponential(numeric(value, verb), precision);
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : whole(value, verb).toString(2);
    case 'o':
      return whole(value, verb).toString(8);
    case 'x':
      return hexadecimal(evaluation, value);
    case 'X':
      return hexadecimal(evaluation, value).toUpperCase();
    default:
      throw new ExpressionError(`format(): there is no verb %${verb}`);
  }
}

function numeric(value: Value, verb: string): number {
  if (typeof value === 'number') return value;
  throw new ExpressionError(`format(): %${verb} takes a number, but got ${typeOf(value)}`);
}

function whole(value: Value, verb: string): number {
  const number = numeric(value, verb);
  if (Number.isInteger(number)) return number;
  throw new ExpressionError(`format(): %${verb} takes a whole number`);
}

/** JavaScript writes numbers from 10^21 on with an exponent; such a double is a whole number, so its digits are known. */
function fixed(value: number, precision: number): string {
  if (Math.abs(value) < 1e21) return value.toFixed(precision);
  return BigInt(value).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '');
}

/** Two digits of exponent at least, as in C and Go. */
function exponential(value: number, precision: number): string {
  return value.toExponential(precision).replace(/e([+-])([0-9])$/, 'e$10$2');
}

function hexadecimal(evaluation: Evaluation, value: Value): string {
  if (typeof value === 'number') return whole(value, 'x').toString(16);
  if (!(value instanceof Bytes))
    throw new ExpressionError(`format(): %x takes a whole number or bytes, but got ${typeOf(value)}`);
  chargeNewText(evaluation, value.bytes.length * 2);
  return hexOf(value.bytes);
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
