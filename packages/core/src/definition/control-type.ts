/** What a control type is to the compiler: one object in one file of `types/`, listed in `types/index.ts`. */
import type { Expression, Template } from '../expression/expression.ts';
import type { Json, JsonObject } from '../json.ts';
import type { StepDocument } from './document.ts';
import type { ErrorCode } from './issue-codes.ts';
import type { PlanBlock, Work } from './plan.ts';

export type ControlType = {
  readonly type: string;
  readonly aliases: readonly string[];
  /** One line, for the reference. */
  readonly summary: string;
  /** JSON Schema of `config`; may refer to `#/$defs/steps`, `#/$defs/duration` and the other definitions of the language. */
  readonly configSchema: JsonObject;
  /** The blocks that a config holds, in the order in which they are numbered. */
  blocks?(config: JsonObject): readonly InnerBlock[];
  /** Called with a config that fits the schema. */
  compile(config: JsonObject, step: TypeCompiler): Work;
};

export type InnerBlock = {
  /** The part of the scope path that names the block; unique within the step. */
  readonly name: string;
  readonly kind: PlanBlock['kind'];
  /** Where its steps stand, relative to `config`: `/cases/0/steps`. */
  readonly pointer: string;
  readonly steps: readonly StepDocument[];
};

/** What a type may ask for while it is compiled. Pointers are relative to `config`. */
export type TypeCompiler = {
  template(pointer: string, value: Json): Template;
  expression(pointer: string, source: string): Expression;
  /** An expression that is certainly of another type than bool is refused. */
  condition(pointer: string, source: string): Expression;
  /** The number of the block that `blocks` named so. */
  block(name: string): number;
  error(issue: { readonly code: ErrorCode; readonly pointer: string; readonly message: string }): void;
};
