/** Evaluates expressions over plain data, for tests. */

import {
  compileExpression,
  compileTemplate,
  type ExpressionIssue,
  type Resolver,
  type Scope,
  type TemplateIssue,
} from '../../src/expression/index.ts';
import type { Json } from '../../src/json.ts';

export type Data = { readonly [name: string]: Json | Resolver };

export const noon = Date.UTC(2026, 0, 31, 12, 0, 0, 5);

/** A scope over data; ids are counted, so that each is another one and all are known. */
export function scopeOf(data: Data = {}): Scope {
  let ids = 0;
  return {
    lookup: (name) => (Object.hasOwn(data, name) ? data[name] : undefined),
    now: noon,
    uuid() {
      ids += 1;
      return `id-${ids}`;
    },
  };
}

/** The value of an expression; names that have no data may be used all the same. */
export function evaluate(source: string, data: Data = {}): Json {
  const compiled = compileExpression(source, { names: [...Object.keys(data), 'input', 'absent'] });
  if ('issues' in compiled) throw new Error(`${source}: ${compiled.issues.map((issue) => issue.message).join('; ')}`);
  return compiled.ok.evaluate(scopeOf(data));
}

/** What is wrong with an expression that may use `input`, `steps` and `vars`; empty when nothing is. */
export function issuesOf(source: string): readonly ExpressionIssue[] {
  const compiled = compileExpression(source, { names: ['input', 'steps', 'vars'] });
  return 'issues' in compiled ? compiled.issues : [];
}

export function fill(template: Json, data: Data = {}): Json {
  const compiled = compileTemplate(template, { names: Object.keys(data) });
  if ('issues' in compiled) throw new Error(compiled.issues.map((issue) => issue.message).join('; '));
  return compiled.ok.evaluate(scopeOf(data));
}

export function templateIssues(template: Json, names: readonly string[] = ['input']): readonly TemplateIssue[] {
  const compiled = compileTemplate(template, { names });
  return 'issues' in compiled ? compiled.issues : [];
}
