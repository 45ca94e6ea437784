/** Compiles the expressions and templates of a document and checks what they refer to. */
import type { Expression, ExpressionOptions, Reference, Template } from '../expression/expression.ts';
import { compileExpression, compileTemplate } from '../expression/index.ts';
import type { Json } from '../json.ts';
import type { Issues } from './issues.ts';
import { pointerTo } from './pointer.ts';
import { referenceProblem, type World } from './references.ts';
import type { View } from './view.ts';

export type Sources = {
  template(pointer: string, value: Json, view: View): Template;
  /** Text is an expression, with or without `${ }`; anything else is a template. */
  value(pointer: string, value: Json, view: View): Template;
  expression(pointer: string, source: string, view: View): Expression;
  /** An expression that is certainly not boolean is refused. */
  condition(pointer: string, source: string, view: View): Expression;
  /** Where outputs of steps are read, by which step: for what can only be said when the whole plan is known. */
  readonly reads: readonly OutputRead[];
};

export type OutputRead = {
  readonly pointer: string;
  readonly position: number;
  readonly id: string;
  /** The step that reads. */
  readonly by: number;
};

export function createSources(world: World, issues: Issues): Sources {
  const reads: OutputRead[] = [];

  function template(pointer: string, value: Json, view: View): Template {
    const compiled = compileTemplate(value, optionsOf(view));
    if ('issues' in compiled) {
      for (const issue of compiled.issues) issues.error({ ...issue, pointer: pointer + issue.pointer });
      return neverEvaluated;
    }
    const isWrong = compiled.ok.references.some((reference) => referenceProblem(reference, view, world) !== undefined);
    if (isWrong) locate(pointer, value, view);
    for (const reference of compiled.ok.references) noteRead(pointer + reference.pointer, reference, view);
    return compiled.ok;
  }

  function value(pointer: string, of: Json, view: View): Template {
    if (typeof of !== 'string') return template(pointer, of, view);
    const compiled = expression(pointer, of, view);
    const references = compiled.references.map((each) => ({ ...each, pointer: '' }));
    return { ...compiled, references, constant: false };
  }

  /** A template knows its references but not in which string they stand; only a wrong one pays for finding out. */
  function locate(pointer: string, value: Json, view: View): void {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value) as [string, Json][])
        locate(pointerTo(pointer, key), inner, view);
      return;
    }
    const compiled = typeof value === 'string' ? compileTemplate(value, optionsOf(view)) : undefined;
    if (compiled !== undefined && 'ok' in compiled) checkReferences(pointer, compiled.ok, view);
  }

  function expression(pointer: string, source: string, view: View): Expression {
    const compiled = compileExpression(source, optionsOf(view));
    if ('issues' in compiled) {
      for (const issue of compiled.issues) issues.error({ ...issue, pointer });
      return neverEvaluated;
    }
    checkReferences(pointer, compiled.ok, view);
    for (const reference of compiled.ok.references) noteRead(pointer, reference, view);
    return compiled.ok;
  }

  function noteRead(pointer: string, { name, path: [id, field], optional, position }: Reference, { step }: View): void {
    if (name !== 'steps' || field !== 'output' || optional || typeof id !== 'string' || step === null) return;
    reads.push({ pointer, position, id, by: step });
  }

  function checkReferences(pointer: string, source: Expression | Template, view: View): void {
    for (const reference of source.references) {
      const problem = referenceProblem(reference, view, world);
      if (problem !== undefined) issues.error({ ...problem, pointer });
    }
  }

  function condition(pointer: string, source: string, view: View): Expression {
    const compiled = expression(pointer, source, view);
    if (compiled.type !== 'bool' && compiled.type !== 'dyn') {
      issues.error({
        code: 'expression_type',
        pointer,
        message: `expected a condition that is true or false, but this is always of type ${compiled.type}`,
        position: 0,
      });
    }
    return compiled;
  }

  return { template, value, expression, condition, reads };
}

function optionsOf({ names }: View): ExpressionOptions {
  return { names, opaque };
}

/** What they are is put in when a try is handed out, see run/secret-marker.ts. */
const opaque = ['secrets'];

/** Stands for an expression that did not compile, in a plan that is never handed out. */
const neverEvaluated: Expression & Template = {
  source: '',
  type: 'dyn',
  references: [],
  volatile: false,
  constant: false,
  evaluate: () => null,
};
