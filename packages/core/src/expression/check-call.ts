/** The static check of calls: which function is meant, with how many arguments of which types. */
import { closest } from '../text/suggest.ts';
import { startEvaluation } from './budget.ts';
import { type Check, checkNode, report, require } from './check-node.ts';
import { type Callee, calleeOf } from './environment.ts';
import { ExpressionError, type StaticType } from './expression.ts';
import { comprehensions } from './macros.ts';
import { checkPattern } from './patterns.ts';
import { globals, lazyMethods, methods } from './registry.ts';
import { arity, type LanguageFunction, signatureOf, takesType } from './signature.ts';
import type { Call, Node } from './syntax.ts';

export function checkCall(check: Check, call: Call): StaticType {
  if (call.target !== null && lazyMethods.has(call.name)) return checkLazy(check, call, call.target);
  const callee = calleeOf(check.environment, call);
  if (callee.candidates.length === 0) return reportUnknown(check, call, callee);
  const types = callee.args.map((arg) => checkNode(check, arg));
  const fitting = callee.candidates.filter((candidate) => fits(candidate, types));
  const [only] = new Set(fitting.map((candidate) => candidate.result));
  if (only === undefined) {
    reportMisuse(check, call, { callee, types });
    return callee.candidates[0]?.result ?? 'dyn';
  }
  checkConstants(check, callee);
  return new Set(fitting.map((candidate) => candidate.result)).size === 1 ? only : 'dyn';
}

function fits(candidate: LanguageFunction, types: readonly StaticType[]): boolean {
  const { least, most } = arity(candidate);
  if (types.length < least || types.length > most) return false;
  return types.every((type, index) => {
    const parameter = candidate.parameters[index];
    return parameter !== undefined && takesType(parameter, type);
  });
}

/** `a.or(b)` and `a.orValue(b)`. */
function checkLazy(check: Check, call: Call, target: Node): StaticType {
  require(check, target, { types: ['optional'], by: `${call.name}()` });
  const [other] = call.args;
  if (other === undefined || call.args.length !== 1) {
    report(check, { code: 'expression_type', message: `${call.name}() takes one argument`, position: call.nameAt });
    return 'dyn';
  }
  if (call.name === 'or') return require(check, other, { types: ['optional'], by: 'or()' });
  checkNode(check, other);
  return 'dyn';
}

function reportUnknown(check: Check, call: Call, callee: Callee): StaticType {
  const known = callee.hasReceiver
    ? [...methods.keys(), ...comprehensions.keys(), ...lazyMethods]
    : [...globals.keys(), 'has'];
  const suggestion = closest(callee.name, known) ?? otherForm(callee, call);
  report(check, {
    code: 'unknown_function',
    message: `there is no function '${callee.name}'${suggestion === undefined ? '' : `; did you mean '${suggestion}'?`}`,
    position: call.nameAt,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  // What is meant to be a comprehension names variables, which are no unknown names.
  const isComprehension = suggestion !== undefined && comprehensions.has(suggestion);
  for (const arg of isComprehension ? callee.args.slice(0, 1) : callee.args) checkNode(check, arg);
  return 'dyn';
}

/** `contains(a, b)` where `a.contains(b)` is meant, and the other way round. */
function otherForm(callee: Callee, call: Call): string | undefined {
  if (call.target === null)
    return methods.has(callee.name) || comprehensions.has(callee.name) ? `value.${callee.name}(…)` : undefined;
  return globals.has(call.name) ? `${call.name}(…)` : undefined;
}

function reportMisuse(
  check: Check,
  call: Call,
  { callee, types }: { readonly callee: Callee; readonly types: readonly StaticType[] },
): void {
  const given = types.map((type) => (type === 'dyn' ? 'any' : type));
  const receiver = callee.hasReceiver ? `${given.shift() ?? ''}.` : '';
  const wanted = callee.candidates.map(signatureOf).join(' or ');
  const message = `${receiver}${callee.name}(${given.join(', ')}) fits no form of it: ${wanted}`;
  report(check, { code: 'expression_type', message, position: call.nameAt });
}

const conversions = new Set(['int', 'uint', 'double', 'bool', 'timestamp', 'duration']);

/** Conversions and patterns of literals fail now rather than in a run. */
function checkConstants(check: Check, { name, candidates, args }: Callee): void {
  const last = args.at(-1);
  if (last?.kind !== 'literal') return;
  const problem =
    name === 'matches' && typeof last.value === 'string'
      ? checkPattern(last.value)
      : failureOf(name, candidates[0], last.value);
  if (problem !== undefined) report(check, { code: 'expression_type', message: problem, position: last.start });
}

function failureOf(
  name: string,
  conversion: LanguageFunction | undefined,
  value: Parameters<LanguageFunction['call']>[1][number],
): string | undefined {
  if (!conversions.has(name) || conversion === undefined) return undefined;
  try {
    conversion.call(startEvaluation({ lookup: () => undefined, now: 0, uuid: () => '' }, 1000), [value]);
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}
