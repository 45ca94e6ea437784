/** The math extension of cel-go. Bits are those of a 64-bit whole number, as there. */
import { chargeElements, type Evaluation } from '../budget.ts';
import { ExpressionError } from '../expression.ts';
import { declare, either, type LanguageFunction, list, maybe, number } from '../signature.ts';
import { isList, typeOf, type Value } from '../value.ts';

type Single = {
  readonly name: string;
  readonly doc: string;
  readonly example: string;
  readonly of: (value: number) => number;
};

const singles: readonly Single[] = [
  { name: 'abs', doc: 'the distance from zero', example: 'math.abs(-1.2)', of: Math.abs },
  { name: 'ceil', doc: 'rounded up to a whole number', example: 'math.ceil(1.2)', of: Math.ceil },
  { name: 'floor', doc: 'rounded down to a whole number', example: 'math.floor(1.2)', of: Math.floor },
  { name: 'round', doc: 'the nearest whole number, halves away from zero', example: 'math.round(-1.5)', of: round },
  { name: 'trunc', doc: 'without its fraction', example: 'math.trunc(-1.3)', of: Math.trunc },
  { name: 'sign', doc: '-1, 0 or 1', example: 'math.sign(-0.3)', of: Math.sign },
  { name: 'sqrt', doc: 'the square root', example: 'math.sqrt(81)', of: squareRoot },
  { name: 'bitNot', doc: 'all bits the other way', example: 'math.bitNot(1)', of: (value) => exact(~bits(value)) },
];

type Pair = Omit<Single, 'of'> & { readonly of: (left: bigint, right: bigint) => bigint };

const pairs: readonly Pair[] = [
  { name: 'bitAnd', doc: 'the bits that both have', example: 'math.bitAnd(3, 5)', of: (left, right) => left & right },
  {
    name: 'bitOr',
    doc: 'the bits that one of them has',
    example: 'math.bitOr(1, 2)',
    of: (left, right) => left | right,
  },
  {
    name: 'bitXor',
    doc: 'the bits that only one has',
    example: 'math.bitXor(3, 5)',
    of: (left, right) => left ^ right,
  },
  { name: 'bitShiftLeft', doc: 'moved to the left', example: 'math.bitShiftLeft(1, 2)', of: shiftLeft },
  { name: 'bitShiftRight', doc: 'moved to the right', example: 'math.bitShiftRight(1024, 2)', of: shiftRight },
];

type Question = Omit<Single, 'of'> & { readonly of: (value: number) => boolean };

const questions: readonly Question[] = [
  { name: 'isNaN', doc: 'never true: such a result is an error', example: 'math.isNaN(1)', of: Number.isNaN },
  {
    name: 'isInf',
    doc: 'never true: such a result is an error',
    example: 'math.isInf(1)',
    of: (value) => Math.abs(value) === Infinity,
  },
  { name: 'isFinite', doc: 'always true', example: 'math.isFinite(1)', of: Number.isFinite },
];

const numbers = either(number, list);

export const mathFunctions: readonly LanguageFunction[] = [
  ...extreme('greatest', (values) => values.reduce((best, value) => Math.max(best, value))),
  ...extreme('least', (values) => values.reduce((best, value) => Math.min(best, value))),
  ...singles.map(({ name, doc, example, of }) =>
    declare({
      name: `math.${name}`,
      takes: [number],
      result: 'number',
      doc,
      example,
      call: (_, value) => of(value) + 0,
    }),
  ),
  ...questions.map(({ name, doc, example, of }) =>
    declare({ name: `math.${name}`, takes: [number], result: 'bool', doc, example, call: (_, value) => of(value) }),
  ),
  ...pairs.map(({ name, doc, example, of }) =>
    declare({
      name: `math.${name}`,
      takes: [number, number],
      result: 'number',
      doc,
      example,
      call: (_, left, right) => exact(of(bits(left), bits(right))),
    }),
  ),
];

function extreme(name: 'greatest' | 'least', of: (values: readonly number[]) => number): LanguageFunction[] {
  const more = [maybe(number), maybe(number), maybe(number), maybe(number), maybe(number), maybe(number)] as const;
  return [
    declare({
      name: `math.${name}`,
      takes: [numbers, maybe(number), ...more],
      result: 'number',
      doc: `the ${name} of up to eight numbers, or of a list`,
      example: `math.${name}(3, 1.5, 2)`,
      call: (evaluation, first, ...rest) => of(collect({ evaluation, name }, first, rest)),
    }),
  ];
}

type Caller = { readonly evaluation: Evaluation; readonly name: string };

function collect({ evaluation, name }: Caller, first: Value, rest: readonly (number | undefined)[]): readonly number[] {
  const given = rest.filter((value) => value !== undefined);
  if (!isList(first)) return typeof first === 'number' ? [first, ...given] : given;
  if (given.length > 0) throw new ExpressionError(`math.${name}() takes one list, or numbers`);
  chargeElements(evaluation, first.length);
  if (first.length === 0) throw new ExpressionError(`math.${name}() of an empty list`);
  for (const value of first) {
    if (typeof value !== 'number')
      throw new ExpressionError(`math.${name}() takes numbers, but one is ${typeOf(value)}`);
  }
  return first as readonly number[];
}

function round(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function squareRoot(value: number): number {
  if (value < 0) throw new ExpressionError('math.sqrt() of a negative number');
  return Math.sqrt(value);
}

function bits(value: number): bigint {
  if (!Number.isSafeInteger(value)) throw new ExpressionError('bits are those of a whole number within 2^53 - 1');
  return BigInt(value);
}

function exact(value: bigint): number {
  const result = Number(value);
  if (!Number.isSafeInteger(result)) throw new ExpressionError('the result is a whole number beyond 2^53 - 1');
  return result;
}

function shiftLeft(value: bigint, by: bigint): bigint {
  return by > 63n ? 0n : BigInt.asIntN(64, value << offset(by));
}

/** Zeros come in from the left, as in cel-go, which shifts the 64 bits and not the number. */
function shiftRight(value: bigint, by: bigint): bigint {
  return by > 63n ? 0n : BigInt.asIntN(64, BigInt.asUintN(64, value) >> offset(by));
}

function offset(by: bigint): bigint {
  if (by < 0n) throw new ExpressionError('bits cannot be moved by a negative offset');
  return by;
}
