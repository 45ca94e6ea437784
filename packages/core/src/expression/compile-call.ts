/** Calls to code. */
import type { Evaluation } from './budget.ts';
import { type Code, type Compilation, compileNode } from './code.ts';
import { calleeOf } from './environment.ts';
import { ExpressionError, Resolver } from './expression.ts';
import { lazyMethods } from './registry.ts';
import { type LanguageFunction, takesType } from './signature.ts';
import type { Call, Node } from './syntax.ts';
import { resolved } from './to-json.ts';
import { Optional, typeOf, type Value } from './value.ts';

export function compileCall(compilation: Compilation, call: Call): Code {
  if (call.target !== null && lazyMethods.has(call.name)) return compileLazy(compilation, call, call.target);
  const callee = calleeOf(compilation.environment, call);
  const args = callee.args.map((arg) => compileNode(compilation, arg));
  const [only, ...others] = callee.candidates;
  if (only === undefined) throw new TypeError(`${callee.name} was not checked before it was compiled`);
  if (others.length === 0) return (evaluation) => only.call(evaluation, evaluate(evaluation, args));
  return (evaluation) => {
    const values = evaluate(evaluation, args);
    return choose(callee.candidates, values).call(evaluation, values);
  };
}

function evaluate(evaluation: Evaluation, args: readonly Code[]): readonly Value[] {
  const values: Value[] = [];
  for (const arg of args) {
    const value = arg(evaluation);
    values.push(value instanceof Resolver ? resolved(evaluation, value) : value);
  }
  return values;
}

/** Functions of one name differ in their receiver. */
function choose(candidates: readonly LanguageFunction[], values: readonly Value[]): LanguageFunction {
  const receiver = typeOf(values[0] ?? null);
  for (const candidate of candidates) {
    const [parameter] = candidate.parameters;
    if (parameter !== undefined && takesType(parameter, receiver) && values.length <= candidate.parameters.length)
      return candidate;
  }
  throw new ExpressionError(`${candidates[0]?.name}() cannot be called on ${receiver}`);
}

/** `a.orValue(b)` and `a.or(b)` ask for b only when a is absent. */
function compileLazy(compilation: Compilation, call: Call, target: Node): Code {
  const optional = compileNode(compilation, target);
  const other = compileNode(compilation, call.args[0] ?? target);
  const isOr = call.name === 'or';
  return (evaluation) => {
    const given = asOptional(optional(evaluation), call.name);
    if (given.value !== undefined) return isOr ? given : given.value;
    return isOr ? asOptional(other(evaluation), call.name) : other(evaluation);
  };
}

function asOptional(value: Value, by: string): Optional {
  if (value instanceof Optional) return value;
  throw new ExpressionError(`${by}() takes an optional, such as x.?field, but got ${typeOf(value)}`);
}
