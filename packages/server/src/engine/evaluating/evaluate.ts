/**
 * One expression, or one text with `${ }` in it, evaluated for whoever writes it: on values that come with it, or on what an
 * execution's own would see. By the evaluator of the engine, within its budgets.
 */

import { randomUUID } from 'node:crypto';
import { masked } from '@cloudflow/core/definition/sensitive.ts';
import { unseenSteps } from '@cloudflow/core/definition/unseen-steps.ts';
import {
  type Expression,
  ExpressionError,
  Resolver,
  type Scope,
  type StaticType,
  type Template,
} from '@cloudflow/core/expression/expression.ts';
import { compileExpression, compileTemplate } from '@cloudflow/core/expression/index.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import { namesAtTop, sightOf } from '@cloudflow/core/run/look-into.ts';
import { bounded } from '@cloudflow/core/run/scope-values.ts';
import type { Clock } from '../../kernel/clock/clock.ts';
import { type ProblemError, problem } from '../../kernel/errors/problem.ts';
import type { Reading } from '../reading.ts';

export type EvaluateDeps = { readonly reading: Pick<Reading, 'known'>; readonly clock: Clock };

export type AskedExpression = {
  readonly tenantId: string;
  readonly expression: string;
  /** The names that it sees; or the execution whose names it sees. */
  readonly sees: { readonly context: JsonObject } | { readonly executionId: string };
};

export type Evaluated = { readonly value: Json; readonly type: StaticType };

export type Evaluate = (asked: AskedExpression) => Promise<Evaluated>;

/** Throws `expression_failed`, and `not_found` when there is no such execution. */
export function createEvaluate({ reading, clock }: EvaluateDeps): Evaluate {
  return async ({ tenantId, expression, sees }) => {
    if ('context' in sees) {
      const { context } = sees;
      const lookup = (name: string) => (Object.hasOwn(context, name) ? context[name] : undefined);
      return run(compiled(expression, Object.keys(context)), { lookup, now: clock.now(), uuid: randomUUID });
    }
    const source = compiled(expression, namesAtTop);
    const known = await reading.known(tenantId, sees.executionId);
    const unseen = unseenSteps(known.plan, source);
    if (unseen.length > 0) throw failed(unseen);
    return run(source, sightOf(known, { now: clock.now(), uuid: randomUUID }));
  };
}

/** A text with `${ }` in it is filled in; any other is one expression. */
function compiled(text: string, names: readonly string[]): Expression | Template {
  const options = { names: [...names.filter((name) => name !== 'secrets'), 'secrets'], opaque: ['secrets'] };
  const result = text.includes('${') ? compileTemplate(text, options) : compileExpression(text, options);
  if ('ok' in result) return result.ok;
  throw failed(result.issues);
}

function run(source: Expression | Template, scope: Scope): Evaluated {
  const lookup = (name: string) => (name === 'secrets' ? new MaskedSecrets() : scope.lookup(name));
  try {
    const value = source.evaluate({ now: scope.now, uuid: () => scope.uuid(), lookup });
    const kept = bounded(value, 'expression_too_expensive');
    if ('error' in kept) throw failed([kept.error]);
    return { value, type: source.type === 'dyn' ? typeOf(value) : source.type };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw failed([{ code: error.code, message: error.message }]);
  }
}

/** Each is there, and none is told. */
class MaskedSecrets extends Resolver {
  field(): Json {
    return masked;
  }
  toJson(): Json {
    return masked;
  }
}

function typeOf(value: Json): StaticType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'map';
  return typeof value === 'boolean' ? 'bool' : (typeof value as 'number' | 'string');
}

function failed(issues: readonly Omit<ProblemError, 'pointer'>[]) {
  const [first] = issues;
  return problem('expression_failed', {
    detail: first?.message ?? '',
    errors: issues.map((issue) => ({ ...issue, pointer: '/expression' })),
  });
}
