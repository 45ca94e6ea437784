/** The cost account of one evaluation, so that no expression can hold a thread, whatever its data is. */
import { ExpressionError, type Scope } from './expression.ts';
import type { Value } from './value.ts';

/** What one expression may spend: about 100 ms on a slow machine. */
export const stepsPerExpression = 100_000;
/** What all expressions of one template may spend together. */
export const stepsPerTemplate = 1_000_000;
/** The longest text or byte string that an expression may build, in UTF-16 units or bytes. */
export const longestText = 10_000_000;
/** How deep a value may be nested that an expression builds, compares or writes out. */
export const deepestValue = 500;

/** One evaluation: what it sees, what it may still spend, and the values of its comprehension variables. */
export type Evaluation = {
  readonly scope: Scope;
  left: number;
  readonly locals: Value[];
  /** The patterns that this evaluation has paid for; see patterns.ts. */
  patterns: Map<string, Pattern> | undefined;
};

/** A compiled pattern, and how many instructions it has. */
export type Pattern = { readonly size: number; test(text: string): boolean };

/** @param steps what it may spend */
export function startEvaluation(scope: Scope, steps: number): Evaluation {
  return { scope, left: steps, locals: [], patterns: undefined };
}

/** The steps that the expressions of one template share. */
export type Pool = { readonly scope: Scope; left: number };

/** Runs one expression of a template within its own budget and within what the template has left. */
export function runWithin<T>(pool: Pool, run: (evaluation: Evaluation) => T): T {
  const steps = Math.min(stepsPerExpression, pool.left);
  const evaluation = startEvaluation(pool.scope, steps);
  const result = run(evaluation);
  // An expression costs at least one step here, so that the work of a template is bounded however many it holds.
  pool.left -= 1 + steps - evaluation.left;
  return result;
}

/** Runs with so many steps to spend, and tells the scope what was spent, also by an evaluation that fails. */
export function spend<T extends { readonly scope: Scope; left: number }, R>(account: T, run: (account: T) => R): R {
  const before = account.left;
  try {
    return run(account);
  } finally {
    account.scope.spent?.(before - account.left);
  }
}

/** One step is one round of a comprehension. Cheaper work is charged in fractions by the functions below. */
export function charge(evaluation: Evaluation, steps: number): void {
  evaluation.left -= steps;
  if (evaluation.left < 0) throw tooExpensive();
}

/** Looking at elements or fields without calling anything: a sixteenth of a step each. */
export function chargeElements(evaluation: Evaluation, count: number): void {
  charge(evaluation, count / 16);
}

/** Reading or writing text or bytes: a step for each 256 units. */
export function chargeText(evaluation: Evaluation, length: number): void {
  charge(evaluation, length / 256);
}

/** Charges for text that is about to be built, and refuses it before it takes memory. */
export function chargeNewText(evaluation: Evaluation, length: number): void {
  if (length > longestText)
    throw new ExpressionError(`a text over ${longestText} characters`, 'expression_too_expensive');
  chargeText(evaluation, length);
}

function tooExpensive(): ExpressionError {
  return new ExpressionError('the expression takes too many steps', 'expression_too_expensive');
}
