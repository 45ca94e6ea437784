/** Operators to code. */
import { add, divide, multiply, negate, remainder, subtract } from './arithmetic.ts';
import { charge, chargeElements, type Evaluation } from './budget.ts';
import { type Code, type Compilation, compileNode } from './code.ts';
import { compare, equals } from './equality.ts';
import { ExpressionError } from './expression.ts';
import { fieldOf, keyOf } from './field.ts';
import type { Binary, BinaryOperator, Conditional, Logic, Unary } from './syntax.ts';
import { isList, Special, typeOf, type Value } from './value.ts';

type Operation = (evaluation: Evaluation, left: Value, right: Value) => Value;

const operations: { readonly [operator in BinaryOperator]: Operation } = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': remainder,
  '==': equals,
  '!=': (evaluation, left, right) => !equals(evaluation, left, right),
  '<': (evaluation, left, right) => compare(evaluation, left, right) < 0,
  '<=': (evaluation, left, right) => compare(evaluation, left, right) <= 0,
  '>': (evaluation, left, right) => compare(evaluation, left, right) > 0,
  '>=': (evaluation, left, right) => compare(evaluation, left, right) >= 0,
  in: isIn,
};

export function compileBinary(compilation: Compilation, node: Binary): Code {
  const left = compileNode(compilation, node.left);
  const right = compileNode(compilation, node.right);
  const operation = operations[node.operator];
  return (evaluation) => operation(evaluation, left(evaluation), right(evaluation));
}

export function compileUnary(compilation: Compilation, node: Unary): Code {
  const operand = compileNode(compilation, node.operand);
  if (node.operator === '-') return (evaluation) => negate(operand(evaluation));
  return (evaluation) => !truth(operand(evaluation), '!');
}

export function compileConditional(compilation: Compilation, node: Conditional): Code {
  const test = compileNode(compilation, node.test);
  const yes = compileNode(compilation, node.yes);
  const no = compileNode(compilation, node.no);
  return (evaluation) => (truth(test(evaluation), '?') ? yes(evaluation) : no(evaluation));
}

/** An operand that decides wins, even over an error in another: in CEL both sides are alike. */
export function compileLogic(compilation: Compilation, node: Logic): Code {
  const { operator } = node;
  const decisive = operator === '||';
  const operands = node.operands.map((operand) => compileNode(compilation, operand));
  return (evaluation) => {
    let failure: ExpressionError | undefined;
    for (const operand of operands) {
      try {
        if (truth(operand(evaluation), operator) === decisive) return decisive;
      } catch (error) {
        failure = absorb(evaluation, error, failure);
      }
    }
    if (failure !== undefined) throw failure;
    return !decisive;
  };
}

/** Keeps the first failure for later. An evaluation that costs too much ends at once. */
export function absorb(evaluation: Evaluation, error: unknown, earlier: ExpressionError | undefined): ExpressionError {
  if (!(error instanceof ExpressionError) || error.code === 'expression_too_expensive') throw error;
  // Throwing costs far more than a step.
  charge(evaluation, 50);
  return earlier ?? error;
}

export function truth(value: Value, by: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new ExpressionError(`${by} takes bool, but got ${typeOf(value)}`);
}

function isIn(evaluation: Evaluation, value: Value, holder: Value): boolean {
  if (isList(holder)) {
    for (const element of holder) {
      chargeElements(evaluation, 1);
      if (equals(evaluation, value, element)) return true;
    }
    return false;
  }
  if (typeof holder !== 'object' || holder === null || holder instanceof Special) {
    throw new ExpressionError(`in takes a list or a map, but got ${typeOf(holder)}`);
  }
  return fieldOf(holder, keyOf(value)) !== undefined;
}
