/**
 * A JSON Schema (draft 2020-12) compiled to closures. One validator for the definition language, the configs of actions and
 * the inputs of executions: it generates no code, runs every pattern by RE2, ends within a budget, and names what does not
 * fit with a pointer and a sentence.
 *
 * Absent on purpose: references to other documents, inner `$id`s and vocabularies. `$dynamicRef` therefore is `$ref`.
 */
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { holdsExpression } from '../holds-expression.ts';
import { isDeeperThan } from '../json-depth.ts';
import { combinationChecks } from './combination-keywords.ts';
import { metaProblems } from './meta.ts';
import { type Check, type CheckRun, type Compiler, type Problem, refuse } from './problem.ts';
import { resolveReference } from './reference.ts';
import { arrayChecks, objectChecks } from './structure-keywords.ts';
import { unevaluatedChecks } from './unevaluated-keywords.ts';
import { allowedValueChecks, numberChecks, stringChecks, typeCheck } from './value-keywords.ts';

export type CompiledSchema = {
  /** What does not fit; empty when all fits. Pointers are relative to the value. */
  check(value: Json, options?: CheckOptions): readonly Problem[];
};

export type CheckOptions = {
  /** Let strings that hold `${ }` pass everywhere. */
  readonly templates?: boolean;
};

/** Enough for a document of 1 MB; an honest check of an input takes some hundreds. */
const schemaBudget = 2_000_000;
/** Values deeper than this are refused by a schema that could follow them down. */
const deepest = 500;

class TooExpensive extends Error {}

export function compileSchema(
  schema: Json,
): { readonly ok: CompiledSchema } | { readonly problems: readonly Problem[] } {
  const problems = metaProblems(schema);
  return problems.length > 0 ? { problems } : { ok: compileValid(schema) };
}

/** For a schema of our own, known to be valid. */
export function compileValid(schema: Json): CompiledSchema {
  const root = createCompiler(schema).node(schema);
  const ask = (value: Json, found: Problem[] | null, templates: boolean) =>
    root(value, null, { problems: found, budget: { left: schemaBudget }, templates });
  return {
    check(value, options = {}) {
      const templates = options.templates ?? false;
      if (isDeeperThan(value, deepest))
        return [{ code: 'too_deep', pointer: '', message: `nested deeper than ${deepest} levels` }];
      try {
        if (ask(value, null, templates)) return noProblems;
        const found: Problem[] = [];
        ask(value, found, templates);
        return found;
      } catch (error) {
        if (!(error instanceof TooExpensive)) throw error;
        return [{ code: 'too_expensive', pointer: '', message: 'checking this against the schema takes too long' }];
      }
    },
  };
}

const noProblems: readonly Problem[] = [];

function createCompiler(root: Json): Compiler {
  // By identity: a schema that is referred to from several places, or from inside itself, is compiled once.
  const known = new Map<JsonObject, Check>();
  const compiler: Compiler = {
    root,
    node(schema) {
      if (schema === true) return anything;
      if (!isJsonObject(schema)) return nothing;
      const done = known.get(schema);
      if (done !== undefined) return done;
      let compiled: Check = anything;
      known.set(schema, (value, at, run) => compiled(value, at, run));
      compiled = all(schema, compiler);
      known.set(schema, compiled);
      return compiled;
    },
  };
  return compiler;
}

const anything: Check = () => true;
const nothing: Check = (_value, at, run) =>
  refuse(run, at, () => ({ code: 'forbidden_value', message: 'nothing may stand here' }));

function all(schema: JsonObject, compiler: Compiler): Check {
  const type = typeCheck(schema);
  const checks = [
    ...allowedValueChecks(schema),
    ...numberChecks(schema),
    ...stringChecks(schema),
    ...objectChecks(schema, compiler),
    ...arrayChecks(schema, compiler),
    ...referenceChecks(schema, compiler),
    ...combinationChecks(schema, compiler),
    ...unevaluatedChecks(schema, compiler),
  ];
  return (subject, at, run) => {
    spend(run);
    if (run.templates && typeof subject === 'string' && holdsExpression(subject)) return true;
    // With the wrong type nothing else is worth saying.
    if (type !== null && !type(subject, at, run)) return false;
    let fits = true;
    for (const check of checks) {
      if (check(subject, at, run)) continue;
      if (run.problems === null) return false;
      fits = false;
    }
    return fits;
  };
}

function spend(run: CheckRun): void {
  run.budget.left -= 1;
  if (run.budget.left < 0) throw new TooExpensive();
}

function referenceChecks(schema: JsonObject, compiler: Compiler): readonly Check[] {
  return ['$ref', '$dynamicRef'].flatMap((keyword) => {
    const reference = schema[keyword];
    if (typeof reference !== 'string') return [];
    const target = resolveReference(compiler.root, reference);
    return target === undefined ? [] : [compiler.node(target)];
  });
}
