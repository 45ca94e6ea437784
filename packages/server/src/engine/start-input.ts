/** The input of a start: what it is when none is given, and whether it fits. */
import type { Json } from '@cloudflow/core/json.ts';
import { problem } from '../kernel/errors/problem.ts';
import type { ResolvedWorkflow } from '../workflow/index.ts';

export function inputOf({ input }: { readonly input?: Json }): Json {
  return input === undefined ? {} : input;
}

/** Throws `input_invalid`. */
export function mustFit({ slug, plan }: ResolvedWorkflow, input: Json): void {
  const errors = plan.checkInput(input);
  if (errors.length === 0) return;
  throw problem('input_invalid', { detail: `The input does not fit the input_schema of ${slug}.`, errors });
}
