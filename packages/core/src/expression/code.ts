/** Compiled code: one closure for each node of the tree. */
import type { Evaluation } from './budget.ts';
import { type Environment, withLocals } from './environment.ts';
import type { Node } from './syntax.ts';
import type { Value } from './value.ts';

export type Code = (evaluation: Evaluation) => Value;

/** One compilation at one place of the tree. */
export type Compilation = {
  /** The whole string that holds the expression, for the paths in errors. */
  readonly source: string;
  readonly environment: Environment;
  /** Compiles any node. Handed on as a value: the files of the topics and the one that leads to them would import each other. */
  readonly compile: (compilation: Compilation, node: Node) => Code;
};

export function compileNode(compilation: Compilation, node: Node): Code {
  return compilation.compile(compilation, node);
}

/** The same compilation inside the body of a comprehension. */
export function withVariables(compilation: Compilation, variables: readonly string[]): Compilation {
  return { ...compilation, environment: withLocals(compilation.environment, variables) };
}

const longestPath = 200;

/** A part of the source as it is written, for messages. */
export function written(
  { source }: Compilation,
  { start, end }: { readonly start: number; readonly end: number },
): string {
  const text = source.slice(start, end);
  return text.length > longestPath ? `${text.slice(0, longestPath)}…` : text;
}
