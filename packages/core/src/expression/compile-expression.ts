/** Source text to an Expression: read, check, compile, in this order, each only when the one before found nothing. */
import type { Json } from '../json.ts';
import { type Evaluation, spend, startEvaluation, stepsPerExpression } from './budget.ts';
import { checkTree } from './check.ts';
import type { Code } from './code.ts';
import { compileTree } from './compile-node.ts';
import { type Environment, isVariable, slotOf } from './environment.ts';
import {
  type Compiled,
  type Expression,
  ExpressionError,
  type ExpressionIssue,
  type ExpressionOptions,
  type Reference,
  Resolver,
  type StaticType,
} from './expression.ts';
import { type Token, tokenize } from './lexer.ts';
import { checkOpaque } from './opaque.ts';
import { parse } from './parser.ts';
import { collectReferences } from './references.ts';
import { type Node, Refusal, refuse } from './syntax.ts';
import { toJson } from './to-json.ts';
import type { Value } from './value.ts';
import { isVolatile } from './volatile.ts';

/** Compiles one expression, which may stand with or without `${ }` around it. */
export function compileExpression(source: string, options: ExpressionOptions): Compiled<Expression> {
  const compiled = compileSource(source, options);
  if ('issues' in compiled) return compiled;
  const { type, references, volatile, run } = compiled.ok;
  const evaluate: Expression['evaluate'] = (scope) => spend(startEvaluation(scope, stepsPerExpression), run);
  return { ok: { source, type, references, volatile, evaluate } };
}

/** A compiled expression before it has a budget of its own. */
export type Runnable = {
  readonly type: StaticType;
  readonly references: readonly Reference[];
  readonly volatile: boolean;
  /** @throws ExpressionError */
  run(evaluation: Evaluation): Json;
};

/** Compiles the tokens of one expression, wherever in `source` they stand. */
export function compileTokens(
  source: string,
  tokens: readonly Token[],
  { names, opaque = [] }: ExpressionOptions,
): Compiled<Runnable> {
  try {
    const environment: Environment = { names: new Set(names), locals: [] };
    const node = parse(tokens);
    const issues: ExpressionIssue[] = [];
    const type = checkTree(node, environment, issues);
    issues.push(...checkOpaque(node, environment, opaque));
    if (issues.length > 0) return { issues };
    const code = compileTree(source, environment, node);
    const finish = isData(node, environment) ? ofData : toJson;
    const references = collectReferences(node, environment);
    return {
      ok: {
        type,
        references,
        volatile: isVolatile(node, environment),
        run: (evaluation) => runCode(code, finish, evaluation),
      },
    };
  } catch (error) {
    return { issues: [issueOf(error)] };
  }
}

/** The issue of a refusal. @throws whatever is none */
export function issueOf(error: unknown): ExpressionIssue {
  if (error instanceof Refusal) return error.issue;
  throw error;
}

function compileSource(source: string, options: ExpressionOptions): Compiled<Runnable> {
  try {
    return compileTokens(source, tokensOf(source), options);
  } catch (error) {
    return { issues: [issueOf(error)] };
  }
}

/** Of a source with or without `${ }` around it. @throws Refusal */
export function tokensOf(source: string): readonly Token[] {
  const start = source.search(/\S/);
  if (start < 0 || !source.startsWith('${', start)) return tokenize(source, 0, false).tokens;
  const { tokens, end } = tokenize(source, start + 2, true);
  const rest = source.slice(end + 1).search(/\S/);
  if (rest >= 0) throw refuse('this takes one expression, and nothing stands behind it', end + 1 + rest);
  return tokens;
}

function runCode(code: Code, finish: (evaluation: Evaluation, value: Value) => Json, evaluation: Evaluation): Json {
  try {
    return finish(evaluation, code(evaluation));
  } catch (error) {
    // Everything that nests is counted, but the caller may have used up most of the stack before.
    if (error instanceof RangeError)
      throw new ExpressionError('the expression needs more memory than there is', 'expression_too_expensive');
    throw error;
  }
}

/**
 * True when the result is a part of the data the scope gave, which is JSON already: it is handed on however large it
 * is, without being looked at.
 */
function isData(node: Node, environment: Environment): boolean {
  switch (node.kind) {
    case 'name':
      return isVariable(environment, node.name) && slotOf(environment, node.name) < 0;
    case 'select':
    case 'index':
      return !node.optional && isData(node.target, environment);
    case 'conditional':
      return isData(node.yes, environment) && isData(node.no, environment);
    default:
      return false;
  }
}

function ofData(_evaluation: Evaluation, value: Value): Json {
  return value instanceof Resolver ? value.toJson() : (value as Json);
}
