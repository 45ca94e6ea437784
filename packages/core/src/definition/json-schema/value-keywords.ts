/** JSON Schema keywords about a single value: its type, its range, its text. */

import type { Json, JsonObject } from '../../json.ts';
import { closest } from '../../text/suggest.ts';
import { canonicalJson } from '../canonical.ts';
import { formats } from './formats.ts';
import { compilePattern } from './pattern.ts';
import { type Check, kindOf, refuse, show } from './problem.ts';

const isType: { readonly [name: string]: (value: Json) => boolean } = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === 'string',
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

export const typeNames: readonly string[] = Object.keys(isType);

/** `x-expected` in a schema says in words what is wanted, for messages. */
export function expectation(schema: JsonObject): string | undefined {
  return typeof schema['x-expected'] === 'string' ? schema['x-expected'] : undefined;
}

export function typeCheck(schema: JsonObject): Check | null {
  const type = schema.type;
  if (type === undefined) return null;
  const names = (Array.isArray(type) ? type : [type]) as readonly string[];
  const tests = names.flatMap((name) => isType[name] ?? []);
  const expected = expectation(schema) ?? names.map(withArticle).join(' or ');
  const [first] = tests;
  const fits = tests.length === 1 && first !== undefined ? first : (value: Json) => tests.some((test) => test(value));
  return (value, at, run) =>
    fits(value) ||
    refuse(run, at, () => ({ code: 'wrong_type', message: `expected ${expected}, but this is ${kindOf(value)}` }));
}

export function withArticle(type: string): string {
  if (type === 'null') return type;
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** `enum` and `const` hold both, where both are given. */
export function allowedValueChecks(schema: JsonObject): readonly Check[] {
  const lists = [schema.enum, schema.const === undefined ? undefined : [schema.const]];
  return lists.flatMap((allowed) => (Array.isArray(allowed) ? [allowedValueCheck(schema, allowed)] : []));
}

function allowedValueCheck(schema: JsonObject, allowed: readonly Json[]): Check {
  // Scalars are compared as they are; only objects and arrays need their canonical text.
  const scalars = new Set<Json>(allowed.filter((each) => typeof each !== 'object' || each === null));
  const structures = new Set(allowed.filter((each) => typeof each === 'object' && each !== null).map(canonicalJson));
  const words = allowed.filter((each) => typeof each === 'string');
  const list = allowed.length > 12 ? `${allowed.slice(0, 12).map(show).join(', ')}, …` : allowed.map(show).join(', ');
  const expected = expectation(schema) ?? (allowed.length === 1 ? list : `one of ${list}`);
  return (value, at, run) => {
    const isStructure = typeof value === 'object' && value !== null;
    if (isStructure ? structures.size > 0 && structures.has(canonicalJson(value)) : scalars.has(value)) return true;
    return refuse(run, at, () => ({
      code: 'not_allowed_value',
      message: `expected ${expected}, but this is ${show(value)}`,
      suggestion: typeof value === 'string' ? closest(value, words) : undefined,
    }));
  };
}

export function numberChecks(schema: JsonObject): readonly Check[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const checks: Check[] = [];
  const bound = (
    limit: Json | undefined,
    code: 'too_small' | 'too_large',
    words: string,
    fits: (value: number, limit: number) => boolean,
  ) => {
    if (typeof limit !== 'number') return;
    checks.push(
      (value, at, run) =>
        typeof value !== 'number' ||
        fits(value, limit) ||
        refuse(run, at, () => ({ code, message: `expected ${words} ${limit}, but this is ${value}` })),
    );
  };
  bound(minimum, 'too_small', 'at least', (value, limit) => value >= limit);
  bound(maximum, 'too_large', 'at most', (value, limit) => value <= limit);
  bound(exclusiveMinimum, 'too_small', 'more than', (value, limit) => value > limit);
  bound(exclusiveMaximum, 'too_large', 'less than', (value, limit) => value < limit);
  if (typeof multipleOf === 'number') {
    checks.push(
      (value, at, run) =>
        typeof value !== 'number' ||
        isMultiple(value, multipleOf) ||
        refuse(run, at, () => ({
          code: 'not_a_multiple',
          message: `expected a multiple of ${multipleOf}, but this is ${value}`,
        })),
    );
  }
  return checks;
}

/** 0.3 is a multiple of 0.1, although the division of their binary neighbours is not whole. */
function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  if (!Number.isFinite(quotient)) return value % of === 0;
  return Math.abs(quotient - Math.round(quotient)) <= Number.EPSILON * Math.max(1, Math.abs(quotient));
}

export function stringChecks(schema: JsonObject): readonly Check[] {
  const { minLength, maxLength, pattern, format } = schema;
  const checks: Check[] = [];
  if (typeof minLength === 'number') {
    checks.push(
      (value, at, run) =>
        typeof value !== 'string' ||
        hasLength(value, (length) => length >= minLength) ||
        refuse(run, at, () => ({
          code: 'too_short',
          message: value === '' ? 'may not be empty' : `expected at least ${minLength} characters`,
        })),
    );
  }
  if (typeof maxLength === 'number') {
    checks.push(
      (value, at, run) =>
        typeof value !== 'string' ||
        value.length <= maxLength ||
        hasLength(value, (length) => length <= maxLength) ||
        refuse(run, at, () => ({ code: 'too_long', message: `expected at most ${maxLength} characters` })),
    );
  }
  if (typeof pattern === 'string') checks.push(patternCheck(pattern, expectation(schema)));
  const isFormat = typeof format === 'string' ? formats.get(format) : undefined;
  if (isFormat !== undefined) {
    checks.push(
      (value, at, run) =>
        typeof value !== 'string' ||
        isFormat(value) ||
        refuse(run, at, () => ({
          code: 'format_mismatch',
          message: `expected the format ${String(format)}, but this is ${show(value)}`,
        })),
    );
  }
  return checks;
}

function patternCheck(source: string, expected: string | undefined): Check {
  const compiled = compilePattern(source);
  if ('problem' in compiled) return () => true; // refused when the schema itself was looked at
  return (value, at, run) =>
    typeof value !== 'string' ||
    compiled.test(value) ||
    refuse(run, at, () => ({
      code: 'pattern_mismatch',
      message: `expected ${expected ?? `text that matches ${source}`}, but this is ${show(value)}`,
    }));
}

/** JSON Schema counts characters, not UTF-16 units; they differ only where there are surrogates. */
function hasLength(text: string, fits: (length: number) => boolean): boolean {
  if (!/[\uD800-\uDFFF]/.test(text)) return fits(text.length);
  let length = 0;
  for (const _ of text) length += 1;
  return fits(length);
}
