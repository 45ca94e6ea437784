/** JSON Schema keywords that combine schemas on the same value. */
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { type Place, pointerOf } from '../pointer.ts';
import { type Check, type CheckRun, type Compiler, kindOf, type Problem, refuse } from './problem.ts';
import { expectation, withArticle } from './value-keywords.ts';

export function combinationChecks(schema: JsonObject, compiler: Compiler): readonly Check[] {
  const checks: Check[] = list(schema.allOf).map((each) => compiler.node(each));
  if (schema.anyOf !== undefined) checks.push(anyCheck(schema, list(schema.anyOf), compiler));
  if (schema.oneOf !== undefined) checks.push(oneCheck(schema, list(schema.oneOf), compiler));
  if (schema.not !== undefined) checks.push(notCheck(schema, compiler.node(schema.not)));
  if (schema.if !== undefined) checks.push(ifCheck(schema, compiler));
  if (isJsonObject(schema.dependentSchemas)) {
    for (const [key, each] of Object.entries(schema.dependentSchemas)) {
      const check = compiler.node(each);
      checks.push((value, at, run) => !isJsonObject(value) || !Object.hasOwn(value, key) || check(value, at, run));
    }
  }
  return checks;
}

export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function ifCheck(schema: JsonObject, compiler: Compiler): Check {
  const condition = compiler.node(schema.if ?? true);
  const yes = compiler.node(schema.then ?? true);
  const no = compiler.node(schema.else ?? true);
  return (value, at, run) => (fitsQuietly(condition, value, run) ? yes : no)(value, at, run);
}

function notCheck(schema: JsonObject, check: Check): Check {
  return (value, at, run) =>
    !fitsQuietly(check, value, run) ||
    refuse(run, at, () => ({ code: 'forbidden_value', message: `this value is not allowed here${expected(schema)}` }));
}

function expected(schema: JsonObject): string {
  const words = expectation(schema);
  return words === undefined ? '' : `; expected ${words}`;
}

export function fitsQuietly(check: Check, value: Json, run: CheckRun): boolean {
  return run.problems === null ? check(value, null, run) : check(value, null, { ...run, problems: null });
}

function anyCheck(schema: JsonObject, alternatives: readonly Json[], compiler: Compiler): Check {
  const checks = alternatives.map((each) => compiler.node(each));
  return (value, at, run) => {
    if (checks.some((check) => fitsQuietly(check, value, run))) return true;
    return explain({ schema, alternatives, checks }, value, at, run);
  };
}

function oneCheck(schema: JsonObject, alternatives: readonly Json[], compiler: Compiler): Check {
  const checks = alternatives.map((each) => compiler.node(each));
  return (value, at, run) => {
    const fitting = checks.filter((check) => fitsQuietly(check, value, run)).length;
    if (fitting === 1) return true;
    if (fitting === 0) return explain({ schema, alternatives, checks }, value, at, run);
    return refuse(run, at, () => ({
      code: 'several_alternatives_fit',
      message: `${fitting} of the alternatives fit, but exactly one may${expected(schema)}`,
    }));
  };
}

type Union = { readonly schema: JsonObject; readonly alternatives: readonly Json[]; readonly checks: readonly Check[] };

/**
 * Says what is wrong by the alternative that was most probably meant. When none is even of the value's kind, one sentence
 * names them all; a list of the complaints of every alternative would be noise.
 */
function explain(union: Union, value: Json, at: Place | null, run: CheckRun): false {
  if (run.problems === null) return false;
  const here = pointerOf(at);
  const attempts = union.checks.map((check) => {
    const problems: Problem[] = [];
    check(value, at, { ...run, problems });
    return problems;
  });
  const close = attempts.filter(
    (problems) => problems.length > 0 && !problems.some((each) => each.pointer === here && isOfKind(each)),
  );
  const [best] = close.sort((a, b) => weight(a) - weight(b));
  const missing = missingOnly(attempts);
  if (missing !== null) {
    run.problems.push(missing);
    return false;
  }
  if (best !== undefined) {
    run.problems.push(...best);
    return false;
  }
  const suggestion = attempts.flat().find((each) => each.suggestion !== undefined)?.suggestion;
  return refuse(run, at, () => ({
    code: 'no_alternative_fits',
    message: `expected ${expectation(union.schema) ?? union.alternatives.map(label).join(', or ')}, but this is ${kindOf(value)}`,
    suggestion,
  }));
}

/** When each alternative wants one field and has nothing else against the value, one sentence names them all. */
function missingOnly(attempts: readonly (readonly Problem[])[]): Problem | null {
  const [first] = attempts[0] ?? [];
  if (first === undefined || attempts.length < 2) return null;
  if (attempts.some(([only, ...rest]) => only?.code !== 'missing_field' || rest.length > 0)) return null;
  const names = [...new Set(attempts.map(([only]) => `\`${only?.pointer.split('/').at(-1)}\``))];
  if (names.length < 2) return null;
  return { ...first, message: `one of ${names.slice(0, -1).join(', ')} and ${names.at(-1)} is missing` };
}

/** The value itself, and not something in it, is of another kind. */
function isOfKind({ code }: Problem): boolean {
  return (
    code === 'wrong_type' ||
    code === 'not_allowed_value' ||
    code === 'no_alternative_fits' ||
    code === 'forbidden_value' ||
    code === 'pattern_mismatch'
  );
}

/** A field that is there is better evidence of what was meant than one that is missing. */
function weight(problems: readonly Problem[]): number {
  let sum = 0;
  for (const { code, suggestion } of problems) sum += code === 'unknown_field' && suggestion === undefined ? 3 : 2;
  return sum;
}

function label(alternative: Json): string {
  if (!isJsonObject(alternative)) return 'nothing';
  const words = expectation(alternative);
  if (words !== undefined) return words;
  const allowed = alternative.const !== undefined ? [alternative.const] : list(alternative.enum);
  if (allowed.length > 0)
    return allowed
      .slice(0, 12)
      .map((each) => JSON.stringify(each))
      .join(', ');
  const types =
    typeof alternative.type === 'string' ? [alternative.type] : (list(alternative.type) as readonly string[]);
  return types.length > 0 ? types.map(withArticle).join(' or ') : 'another shape';
}
