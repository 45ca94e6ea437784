/** Compiled code: one closure for each node of the tree. */
import type { Evaluation } from './budget.ts';
import type { Environment } from './environment.ts';
import type { Value } from './value.ts';

export type Code = (evaluation: Evaluation) => Value;

/** One compilation at one place of the tree. */
export type Compilation = {
  /** The whole string that holds the expression, for the paths in errors. */
  readonly source: string;
  readonly environment: Environment;
};

const longestPath = 200;

/** A part of the source as it is written, for messages. */
export function written(
  { source }: Compilation,
  { start, end }: { readonly start: number; readonly end: number },
): string {
  const text = source.slice(start, end);
  return text.length > longestPath ? `${text.slice(0, longestPath)}…` : text;
}
