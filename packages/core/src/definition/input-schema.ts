/** The schema of a workflow's input: checked when the workflow is saved, run at every start. */
import type { Json } from '../json.ts';
import type { Issues } from './issues.ts';
import { compileSchema } from './json-schema/compile-schema.ts';
import { misspelledKeywords } from './json-schema/meta.ts';
import type { InputProblem } from './plan.ts';

export type CheckInput = (input: Json) => readonly InputProblem[];

export function compileInputSchema(schema: Json | undefined, issues: Issues): CheckInput {
  if (schema === undefined) return () => [];
  const compiled = compileSchema(schema);
  if ('problems' in compiled) {
    for (const { pointer, message } of compiled.problems) {
      issues.error({ code: 'invalid_input_schema', pointer: `/input_schema${pointer}`, message });
    }
    return () => [];
  }
  for (const { pointer, message, suggestion } of misspelledKeywords(schema)) {
    issues.warn({ code: 'unknown_keyword', pointer: `/input_schema${pointer}`, message, suggestion });
  }
  return (input) => compiled.ok.check(input);
}
