/** Values that may be absent. */
import { chargeElements } from '../budget.ts';
import { ExpressionError } from '../expression.ts';
import { any, declare, list, optional } from '../signature.ts';
import { Bytes, Duration, isList, isMap, none, Optional, type Value } from '../value.ts';

export const optionalFunctions = [
  declare({
    name: 'optional.of',
    takes: [any],
    result: 'optional',
    doc: 'an optional that holds the value',
    example: 'optional.of(1).value()',
    call: (_, value) => new Optional(value),
  }),
  declare({
    name: 'optional.none',
    takes: [],
    result: 'optional',
    doc: 'an optional that holds nothing',
    example: 'optional.none().orValue(1)',
    call: () => none,
  }),
  declare({
    name: 'optional.ofNonZeroValue',
    takes: [any],
    result: 'optional',
    doc: 'an optional that holds the value, or nothing when it is null, false, 0 or empty',
    example: 'optional.ofNonZeroValue("").hasValue()',
    call: (_, value) => (isZero(value) ? none : new Optional(value)),
  }),
  declare({
    name: 'optional.unwrap',
    takes: [list],
    result: 'list',
    doc: 'the values of a list of optionals, without those that hold nothing',
    example: 'optional.unwrap([optional.of(1), optional.none()])',
    call(evaluation, values) {
      chargeElements(evaluation, values.length);
      return values.flatMap((value) =>
        value instanceof Optional ? (value.value === undefined ? [] : [value.value]) : [value],
      );
    },
  }),
  declare({
    name: '.hasValue',
    takes: [optional],
    result: 'bool',
    doc: 'true when there is a value',
    example: '{"a": 1}.?b.hasValue()',
    call: (_, { value }) => value !== undefined,
  }),
  declare({
    name: '.value',
    takes: [optional],
    result: 'dyn',
    doc: 'the value; an error when there is none',
    example: '{"a": 1}.?a.value()',
    call(_, { value }) {
      if (value === undefined) throw new ExpressionError('value() of an optional that holds nothing');
      return value;
    },
  }),
];

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '') return true;
  if (isList(value)) return value.length === 0;
  if (value instanceof Bytes) return value.bytes.length === 0;
  if (value instanceof Duration) return value.ms === 0;
  return isMap(value) && Object.keys(value).length === 0;
}
