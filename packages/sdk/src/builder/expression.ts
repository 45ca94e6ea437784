/**
 * Expressions as values of TypeScript: references that know what they lead to, operators as functions, and CEL itself where
 * neither is enough. In the definition each stands as `${ … }`.
 */
import { reservedWords } from '@cloudflow/core/expression/index.ts';
import { celLiteral } from './literal.ts';

declare const result: unique symbol;

/** What gives a `T` when the workflow runs. */
export type Expr<T> = { readonly [result]: T };

/**
 * A path such as `input.customer.name`: its fields are those of what it leads to. Joined to text it is its value. What no
 * schema describes, such as the body of an answer, may have any fields and stand for any value.
 */
// biome-ignore lint/suspicious/noExplicitAny: what is not described cannot be checked
export type Ref<T> = unknown extends T ? any : Expr<T> & Fields<NonNullable<T>>;

type Fields<T> = T extends readonly (infer Item)[]
  ? { readonly [index: number]: Ref<Item> }
  : T extends object
    ? { readonly [Name in keyof T]-?: Ref<T[Name]> }
    : unknown;

/** What an operator takes: a value that is known now, or one that is known when the workflow runs. */
export type Operand<T> = T | Expr<T>;

const celOf = Symbol('cel');

/** The CEL of an expression; undefined for any other value. */
export function sourceOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !(celOf in value)) return undefined;
  return String(value[celOf]);
}

/** An expression without fields. */
function expressionOf<T>(source: string): Expr<T> {
  const made = { [celOf]: source, [Symbol.toPrimitive]: () => inText(source) };
  return made as unknown as Expr<T>;
}

/** A reference; every field of it is one, too. */
export function referenceTo<T>(source: string): Ref<T> {
  const target = { [celOf]: source, [Symbol.toPrimitive]: () => inText(source) };
  return new Proxy(target, {
    get: (own, field, proxy) =>
      typeof field === 'string' ? referenceTo(source + fieldText(field)) : Reflect.get(own, field, proxy),
  }) as unknown as Ref<T>;
}

/** As part of a text, and alone as a value. */
export function inText(source: string): string {
  return `\${ ${source} }`;
}

function fieldText(field: string): string {
  if (/^(0|[1-9]\d*)$/.test(field)) return `[${field}]`;
  return /^[A-Za-z_]\w*$/.test(field) && !reservedWords.has(field) ? `.${field}` : `[${JSON.stringify(field)}]`;
}

/**
 * CEL with values in it: references as what they are, everything else as a literal.
 *
 *     expr<boolean>`${input.amount} > ${limit} && size(${input.lines}) > 0`
 */
// biome-ignore lint/suspicious/noExplicitAny: the type of CEL is known to whoever writes it
export function expr<T = any>(parts: TemplateStringsArray, ...values: readonly unknown[]): Expr<T> {
  const text = parts.map((part, at) => (at < values.length ? part + operand(values[at]) : part));
  return expressionOf<T>(text.join(''));
}

/** A path needs no brackets around it. */
function operand(value: unknown): string {
  const source = sourceOf(value);
  if (source === undefined) return celLiteral(value);
  return isPath(source) ? source : `(${source})`;
}

function isPath(source: string): boolean {
  return /^[A-Za-z_]\w*(\.[A-Za-z_]\w*|\[\d+\]|\["[^"\\]*"\])*$/.test(source);
}

function infix<T>(operator: string) {
  return (left: Operand<T>, right: Operand<NoInfer<T>>): Expr<boolean> =>
    expressionOf(`${operand(left)} ${operator} ${operand(right)}`);
}

export const eq = <T>(left: Operand<T>, right: Operand<NoInfer<T>>): Expr<boolean> => infix<T>('==')(left, right);
export const ne = <T>(left: Operand<T>, right: Operand<NoInfer<T>>): Expr<boolean> => infix<T>('!=')(left, right);
export const lt = infix<number>('<');
export const lte = infix<number>('<=');
export const gt = infix<number>('>');
export const gte = infix<number>('>=');

export function and(...all: readonly Operand<boolean>[]): Expr<boolean> {
  return expressionOf(all.length === 0 ? 'true' : all.map(operand).join(' && '));
}

export function or(...any: readonly Operand<boolean>[]): Expr<boolean> {
  return expressionOf(any.length === 0 ? 'false' : any.map(operand).join(' || '));
}

export function not(value: Operand<boolean>): Expr<boolean> {
  return expressionOf(`!${operand(value)}`);
}

/** Whether a field is there, for one that may be missing. */
export function has(field: Ref<unknown>): Expr<boolean> {
  return expressionOf(`has(${sourceOf(field)})`);
}

/** What is the same in every place of a workflow. */
export const execution: Ref<{ id: string; started_at: string; attempt: number }> = referenceTo('execution');
export const self: Ref<{ id: string; version: string }> = referenceTo('workflow');
export const tenant: Ref<{ id: string }> = referenceTo('tenant');
/** Only inside the config of actions; joined to text or alone. */
export const secrets: Ref<Readonly<Record<string, string>>> = referenceTo('secrets');
