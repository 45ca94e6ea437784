/** Functions on lists, and `size`. */
import { charge, chargeElements, chargeText, type Evaluation } from '../budget.ts';
import { lengthOf } from '../code-points.ts';
import { compare, equals } from '../equality.ts';
import { ExpressionError } from '../expression.ts';
import { bytes, declare, either, list, map, maybe, number, string } from '../signature.ts';
import { Bytes, isList, none, Optional, type Value } from '../value.ts';

const sized = either(either(string, bytes), either(list, map));

export const listFunctions = [
  declare({
    name: 'size',
    takes: [sized],
    result: 'number',
    doc: 'how many characters, bytes, elements or fields there are',
    example: 'size([1, 2, 3])',
    call: sizeOf,
  }),
  declare({
    name: '.size',
    takes: [sized],
    result: 'number',
    doc: 'the same as size(value)',
    example: '"héllo".size()',
    call: sizeOf,
  }),
  declare({
    name: 'range',
    takes: [number],
    result: 'list',
    doc: 'the whole numbers from 0 up to, and without, the given one',
    example: 'range(3)',
    call: range,
  }),
  declare({
    name: 'lists.range',
    takes: [number],
    result: 'list',
    doc: 'the same as range(n)',
    example: 'lists.range(3)',
    call: range,
  }),
  declare({
    name: '.slice',
    takes: [list, number, number],
    result: 'list',
    doc: 'the elements from one index up to another',
    example: '[1, 2, 3, 4].slice(1, 3)',
    call: slice,
  }),
  declare({
    name: '.sort',
    takes: [list],
    result: 'list',
    doc: 'the elements in order; all must be of one type that has an order',
    example: '[3, 1, 2].sort()',
    call: (evaluation, values) => sortByKeys(evaluation, values, values),
  }),
  declare({
    name: '.reverse',
    takes: [list],
    result: 'list',
    doc: 'the elements in the opposite order',
    example: '[1, 2, 3].reverse()',
    call(evaluation, values) {
      chargeElements(evaluation, values.length);
      return [...values].reverse();
    },
  }),
  declare({
    name: '.distinct',
    takes: [list],
    result: 'list',
    doc: 'the elements without those that equal an earlier one',
    example: '[1, 2, 2, 1].distinct()',
    call: distinct,
  }),
  declare({
    name: '.flatten',
    takes: [list, maybe(number)],
    result: 'list',
    doc: 'with the elements of inner lists in their place; one level deep, or as deep as said',
    example: '[1, [2, [3]]].flatten()',
    call(evaluation, values, depth = 1) {
      const flat: Value[] = [];
      flatten({ evaluation, flat }, values, index(depth));
      return flat;
    },
  }),
  declare({
    name: '.first',
    takes: [list],
    result: 'optional',
    doc: 'the first element, if there is one',
    example: '[1, 2].first().orValue(0)',
    call: (_, values) => (values.length === 0 ? none : new Optional(values[0])),
  }),
  declare({
    name: '.last',
    takes: [list],
    result: 'optional',
    doc: 'the last element, if there is one',
    example: '[1, 2].last().orValue(0)',
    call: (_, values) => (values.length === 0 ? none : new Optional(values.at(-1))),
  }),
];

/** The values in the order of their keys, which stand at the same index. Equal keys keep their order. */
export function sortByKeys(evaluation: Evaluation, values: readonly Value[], keys: readonly Value[]): readonly Value[] {
  charge(evaluation, (keys.length * Math.ceil(Math.log2(keys.length + 1))) / 8);
  if (keys.length === 1) compare(evaluation, keys[0] ?? null, keys[0] ?? null);
  const order = Array.from(keys, (_, at) => at);
  order.sort((left, right) => compare(evaluation, keys[left] ?? null, keys[right] ?? null));
  return order.map((at) => values[at] ?? null);
}

function sizeOf(evaluation: Evaluation, value: Value): number {
  if (typeof value === 'string') {
    chargeText(evaluation, value.length);
    return lengthOf(value);
  }
  if (value instanceof Bytes) return value.bytes.length;
  if (isList(value)) return value.length;
  const count = Object.keys(value ?? {}).length;
  chargeElements(evaluation, count);
  return count;
}

function range(evaluation: Evaluation, count: number): readonly number[] {
  // Charged in full, and before anything is made: the list is there to be walked.
  charge(evaluation, index(count));
  return Array.from({ length: count }, (_, at) => at);
}

function slice(evaluation: Evaluation, values: readonly Value[], from: number, to: number): readonly Value[] {
  if (index(from) > index(to) || to > values.length) throw new ExpressionError('slice(): an index outside of the list');
  chargeElements(evaluation, to - from);
  return values.slice(from, to);
}

function distinct(evaluation: Evaluation, values: readonly Value[]): readonly Value[] {
  const simple = new Set<Value>();
  const deep: Value[] = [];
  return values.filter((value) => {
    chargeElements(evaluation, 1);
    if (typeof value === 'string') chargeText(evaluation, value.length);
    if (typeof value !== 'object' || value === null) return simple.size < simple.add(value).size;
    if (deep.some((known) => equals(evaluation, known, value))) return false;
    deep.push(value);
    return true;
  });
}

type Flattening = { readonly evaluation: Evaluation; readonly flat: Value[] };

function flatten(into: Flattening, values: readonly Value[], depth: number): void {
  for (const value of values) {
    chargeElements(into.evaluation, 1);
    if (isList(value) && depth > 0) flatten(into, value, depth - 1);
    else into.flat.push(value);
  }
}

function index(value: number): number {
  if (!Number.isInteger(value) || value < 0) throw new ExpressionError('a whole number from 0 on is needed here');
  return value;
}
