/** Which types the binary operators take, and what they give. */
import type { StaticType } from './expression.ts';
import type { BinaryOperator } from './syntax.ts';

type Row = readonly [left: StaticType, right: StaticType, result: StaticType];

const numbers: readonly Row[] = [['number', 'number', 'number']];

const rows: { readonly [operator in '+' | '-' | '*' | '/' | '%']: readonly Row[] } = {
  '+': [
    ...numbers,
    ['string', 'string', 'string'],
    ['list', 'list', 'list'],
    ['bytes', 'bytes', 'bytes'],
    ['duration', 'duration', 'duration'],
    ['timestamp', 'duration', 'timestamp'],
    ['duration', 'timestamp', 'timestamp'],
  ],
  '-': [
    ...numbers,
    ['duration', 'duration', 'duration'],
    ['timestamp', 'duration', 'timestamp'],
    ['timestamp', 'timestamp', 'duration'],
  ],
  '*': numbers,
  '/': numbers,
  '%': numbers,
};

const ordered: readonly StaticType[] = ['number', 'string', 'bool', 'timestamp', 'duration', 'bytes'];

/** The type of the result, or undefined when no data can make the operator work. */
export function binaryType(operator: BinaryOperator, left: StaticType, right: StaticType): StaticType | undefined {
  switch (operator) {
    case '==':
    case '!=':
      return 'bool';
    case 'in':
      return right === 'list' || right === 'dyn' || (right === 'map' && isKey(left)) ? 'bool' : undefined;
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered.some((type) => fits(left, type) && fits(right, type)) ? 'bool' : undefined;
    default:
      return arithmeticType(rows[operator], left, right);
  }
}

function arithmeticType(of: readonly Row[], left: StaticType, right: StaticType): StaticType | undefined {
  const results = new Set(of.filter((row) => fits(left, row[0]) && fits(right, row[1])).map((row) => row[2]));
  const [only] = results;
  return results.size > 1 ? 'dyn' : only;
}

function fits(given: StaticType, taken: StaticType): boolean {
  return given === 'dyn' || given === taken;
}

function isKey(type: StaticType): boolean {
  return type === 'string' || type === 'number' || type === 'bool' || type === 'dyn';
}
