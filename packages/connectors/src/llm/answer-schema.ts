/** The schema of an answer: compiled before anything is paid for, and asked of what came back. */
import { type CompiledSchema, compileSchema } from '@cloudflow/core/definition/json-schema/compile-schema.ts';
import type { Json } from '@cloudflow/core/json.ts';
import { configInvalid, RetryableError } from '@cloudflow/sdk/index.ts';

const mostProblems = 10;
const mostCharacters = 1_000;

export function compileAnswerSchema(schema: Json): CompiledSchema {
  const compiled = compileSchema(schema);
  if ('ok' in compiled) return compiled.ok;
  const [first] = compiled.problems;
  throw configInvalid(`/schema${first?.pointer ?? ''}`, first?.message ?? 'is no JSON Schema');
}

/** Throws `response_invalid`, with another try: a model that is asked again says something else. */
export function readAnswer(text: string, schema: CompiledSchema): Json {
  const json = parsed(text, 'The answer of the model is not JSON');
  const problems = schema.check(json).slice(0, mostProblems);
  if (problems.length === 0) return json;
  const shown = problems.map(({ pointer, message }) => ({ pointer, message }));
  throw invalid('The answer of the model does not fit the schema', text, { problems: shown });
}

export function parsed(text: string, problem: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalid(problem, text, {});
  }
}

function invalid(message: string, text: string, more: { readonly [field: string]: Json }): RetryableError {
  return new RetryableError(message, {
    code: 'response_invalid',
    details: { excerpt: text.slice(0, mostCharacters), ...more },
  });
}
