/** How a function of the language is declared: once, for the checker, the evaluation and the reference page alike. */
import type { Evaluation } from './budget.ts';
import { ExpressionError, type StaticType } from './expression.ts';
import {
  type Bytes,
  type Duration,
  type Optional,
  type Timestamp,
  typeOf,
  type Value,
  type ValueMap,
} from './value.ts';

/** The types that one parameter takes. `T` is what the function gets to see. */
export type Parameter<T extends Value | undefined> = {
  readonly types: readonly StaticType[];
  /** May be left out; then it is undefined. */
  readonly isOptional: boolean;
  /** Never present: it carries `T`. */
  readonly sees?: T;
};

type Seen<P extends readonly Parameter<Value | undefined>[]> = {
  [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

/** A function: `name(…)`, `namespace.name(…)`, or, when it has a receiver, `receiver.name(…)`. */
export type LanguageFunction = {
  readonly name: string;
  readonly hasReceiver: boolean;
  /** The receiver first. */
  readonly parameters: readonly Parameter<Value | undefined>[];
  readonly result: StaticType;
  readonly doc: string;
  readonly example: string;
  /** True when it reads the time or makes an id, so that its result must be recorded. */
  readonly volatile: boolean;
  call(evaluation: Evaluation, args: readonly Value[]): Value;
};

type Declaration<P extends readonly Parameter<Value | undefined>[]> = {
  /** `size`, `math.abs`, or `.startsWith` for one with a receiver. */
  readonly name: string;
  readonly takes: readonly [...P];
  readonly result: StaticType;
  readonly doc: string;
  readonly example: string;
  readonly volatile?: boolean;
  call(evaluation: Evaluation, ...args: Seen<P>): Value;
};

/** Declares a function. The types of the arguments are checked before `call`, so that it sees what it declared. */
export function declare<P extends readonly Parameter<Value | undefined>[]>(
  declaration: Declaration<P>,
): LanguageFunction {
  const { name, takes, result, doc, example, volatile = false } = declaration;
  const hasReceiver = name.startsWith('.');
  const shortName = hasReceiver ? name.slice(1) : name;
  return {
    name: shortName,
    hasReceiver,
    parameters: takes,
    result,
    doc,
    example,
    volatile,
    call(evaluation, args) {
      for (let index = 0; index < args.length; index++)
        checkArgument({ name: shortName, hasReceiver, takes }, args, index);
      return declaration.call(evaluation, ...(args as unknown as Seen<P>));
    },
  };
}

const one = <T extends Value>(...types: readonly StaticType[]): Parameter<T> => ({ types, isOptional: false });

export const string = one<string>('string');
export const number = one<number>('number');
export const bool = one<boolean>('bool');
export const bytes = one<Bytes>('bytes');
export const list = one<readonly Value[]>('list');
export const map = one<ValueMap>('map');
export const timestamp = one<Timestamp>('timestamp');
export const duration = one<Duration>('duration');
export const optional = one<Optional>('optional');
export const any = one<Value>('dyn');

/** One of two: `either(string, bytes)`. */
export function either<A extends Value, B extends Value>(a: Parameter<A>, b: Parameter<B>): Parameter<A | B> {
  return { types: [...a.types, ...b.types], isOptional: false };
}

export function maybe<T extends Value>(parameter: Parameter<T>): Parameter<T | undefined> {
  return { types: parameter.types, isOptional: true };
}

/** The fewest and the most arguments, the receiver included. */
export function arity(of: Pick<LanguageFunction, 'parameters'>): { readonly least: number; readonly most: number } {
  const least = of.parameters.filter((parameter) => !parameter.isOptional).length;
  return { least, most: of.parameters.length };
}

export function takesType(parameter: Parameter<Value | undefined>, given: StaticType): boolean {
  return given === 'dyn' || parameter.types.includes('dyn') || parameter.types.includes(given);
}

/** `string.replace(string, string, number?) -> string`, for messages and the reference page. */
export function signatureOf({ name, hasReceiver, parameters, result }: LanguageFunction): string {
  const texts = parameters.map(
    (parameter) => parameter.types.map(typeText).join('|') + (parameter.isOptional ? '?' : ''),
  );
  const receiver = hasReceiver ? `${texts.shift()}.` : '';
  return `${receiver}${name}(${texts.join(', ')}) -> ${typeText(result)}`;
}

function typeText(of: StaticType): string {
  return of === 'dyn' ? 'any' : of;
}

type Checked = Pick<LanguageFunction, 'name' | 'hasReceiver'> & {
  readonly takes: readonly Parameter<Value | undefined>[];
};

function checkArgument({ name, hasReceiver, takes }: Checked, args: readonly Value[], index: number): void {
  const parameter = takes[index];
  const value = args[index] ?? null;
  if (parameter === undefined || takesType(parameter, typeOf(value))) return;
  const place = hasReceiver ? (index === 0 ? 'on' : `as argument ${index}`) : `as argument ${index + 1}`;
  throw new ExpressionError(`${name}() takes ${parameter.types.join(' or ')} ${place}, but got ${typeOf(value)}`);
}

/** Every element of a list as text. @throws ExpressionError */
export function allStrings(values: readonly Value[], name: string): readonly string[] {
  for (const value of values) {
    if (typeof value !== 'string')
      throw new ExpressionError(`${name}() takes a list of strings, but one is ${typeOf(value)}`);
  }
  return values as readonly string[];
}
