/** Values of a definition that is written in code: JSON in which expressions may stand anywhere. */
import type { Json } from '@cloudflow/core/json.ts';
import { type Expr, inText, sourceOf } from './expression.ts';
import { isPlain } from './literal.ts';

/** Text with an expression in it may stand for a value of any type. */
export type TemplateText = `${string}\${${string}`;

/** A `T`, or what gives one: an expression, or text with one in it, in the place of the whole or of any part. */
export type Value<T> = unknown extends T ? unknown : Expr<T> | TemplateText | Plain<T>;

type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Value<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Value<T[Name]> }
    : T;

/** What a value of the builder is when the workflow runs. */
export type Resolved<V> =
  V extends Expr<infer T>
    ? T
    : V extends TemplateText
      ? unknown
      : V extends readonly (infer Item)[]
        ? readonly Resolved<Item>[]
        : V extends object
          ? { readonly [Name in keyof V]: Resolved<V[Name]> }
          : V;

/** As it stands in the document. Fields that are undefined are left out; what JSON would change is refused. */
export function render(value: unknown, place = ''): Json {
  const source = sourceOf(value);
  if (source !== undefined) return inText(source);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, at) => render(item, `${place}/${at}`));
  if (typeof value === 'object' && isPlain(value)) return renderFields(value, place);
  throw new TypeError(`${place || 'the value'} is ${nameOf(value)}, which JSON does not have`);
}

function renderFields(value: object, place: string): Json {
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, render(inner, `${place}/${key}`)]));
}

function nameOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object' && value !== null) return `a ${value.constructor?.name ?? 'object'}`;
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}
