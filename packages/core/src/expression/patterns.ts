/** RE2 patterns: matched in linear time, kept when compiled, and charged for what they may cost. */
import { RE2JS, RE2JSException } from 're2js';
import { charge, type Evaluation, type Pattern } from './budget.ts';
import { ExpressionError } from './expression.ts';

const longestPattern = 10_000;
const mostKept = 200;
/** Least recently used first. Keeping them changes speed only, never what an evaluation is charged. */
const kept = new Map<string, Pattern>();

/** True when the pattern is found anywhere in the text, as CEL's `matches` has it. */
export function matchesPattern(evaluation: Evaluation, text: string, source: string): boolean {
  const pattern = patternFor(evaluation, source);
  // Measured on re2js 2.10: the worst patterns take 5 ns for each character and instruction.
  charge(evaluation, 1 + (text.length * pattern.size) / 256);
  return pattern.test(text);
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

/** An evaluation pays once for each pattern and holds what it paid for, whatever others evict meanwhile. */
function patternFor(evaluation: Evaluation, source: string): Pattern {
  const paid = evaluation.patterns?.get(source);
  if (paid !== undefined) return paid;
  if (source.length > longestPattern)
    throw new ExpressionError(`matches(): a pattern over ${longestPattern} characters`);
  charge(evaluation, 1 + source.length);
  const pattern = compilePattern(source);
  if (typeof pattern === 'string') throw new ExpressionError(`matches(): ${pattern}`);
  charge(evaluation, 2 * pattern.size);
  evaluation.patterns ??= new Map();
  evaluation.patterns.set(source, pattern);
  return pattern;
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
    const pattern: Pattern = { size: regex.programSize(), test: (text) => regex.test(text) };
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
