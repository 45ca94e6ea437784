/** RE2 patterns: compiled once, matched in linear time, and charged for what they may cost. */
import { RE2JS, RE2JSException } from 're2js';
import { charge, type Evaluation } from './budget.ts';
import { ExpressionError } from './expression.ts';

type Pattern = { readonly regex: RE2JS; readonly size: number };

const longestPattern = 10_000;
const mostKept = 200;
/** Least recently used first. Keeping them changes speed only: what an evaluation is charged does not depend on it. */
const kept = new Map<string, Pattern>();

/** True when the pattern is found anywhere in the text, as CEL's `matches` has it. */
export function matchesPattern(evaluation: Evaluation, text: string, source: string): boolean {
  if (source.length > longestPattern) throw new ExpressionError(`a pattern over ${longestPattern} characters`);
  charge(evaluation, 1 + source.length);
  const pattern = compilePattern(source);
  if (typeof pattern === 'string') throw new ExpressionError(`matches(): ${pattern}`);
  // Measured on re2js 2.10: the worst patterns take 5 ns for each character and instruction.
  charge(evaluation, pattern.size / 64 + (text.length * pattern.size) / 256);
  return pattern.regex.test(text);
}

/**
 * What is wrong with a constant pattern, or undefined. A repeat count makes a short pattern long to compile, so such a
 * pattern is judged when it is first used, where it is charged for: saving a definition must stay cheap.
 */
export function checkPattern(source: string): string | undefined {
  if (source.length > 200 || source.includes('{')) return undefined;
  const pattern = compilePattern(source);
  return typeof pattern === 'string' ? pattern : undefined;
}

/** The pattern, or what is wrong with it. */
function compilePattern(source: string): Pattern | string {
  const known = kept.get(source);
  if (known !== undefined) {
    kept.delete(source);
    kept.set(source, known);
    return known;
  }
  try {
    const regex = RE2JS.compile(source);
    const pattern = { regex, size: regex.programSize() };
    kept.set(source, pattern);
    forgetOldest();
    return pattern;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}

function forgetOldest(): void {
  const oldest = kept.size > mostKept ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
}
