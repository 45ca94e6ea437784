/** What a control type is to the compiler: one object in one file of `types/`, listed in `types/index.ts`. */
import type { Expression, Template } from '../expression/expression.ts';
import type { Json, JsonObject } from '../json.ts';
import type { JoinDocument, StepDocument } from './document.ts';
import type { ErrorCode, WarningCode } from './issue-codes.ts';
import type { PlanBlock, Work } from './plan.ts';

export type ControlType = {
  readonly type: string;
  readonly aliases: readonly string[];
  /** One line, for the reference. */
  readonly summary: string;
  /** JSON Schema of `config`; may refer to `#/$defs/steps`, `#/$defs/duration` and the other definitions of the language. */
  readonly configSchema: JsonObject;
  /** True when time passes in it by itself: a loop with one of these inside does not spin. */
  readonly waits?: boolean;
  /** The blocks that a config holds, in the order in which they are numbered. */
  blocks?(config: JsonObject, join: JoinDocument | undefined): readonly InnerBlock[];
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
  /** Names that exist inside it only, such as `loop`. */
  readonly names?: readonly string[];
  /** True when it may run at once with such other blocks of its step, or with other rounds or items of its own. */
  readonly together?: boolean;
  /** True when each instance is an execution of its own. */
  readonly detached?: boolean;
};

/** From where a part of a config looks, when that is not where the step stands. */
export type Sight = {
  /** Names that exist here besides those of the step. */
  readonly names?: readonly string[];
  /** Looks from the end of this block of the step: all its steps are in view. */
  readonly after?: string;
};

/** What a type may ask for while it is compiled. Pointers are relative to `config`. */
export type TypeCompiler = {
  /** The step has a `timeout` of its own. */
  readonly hasTimeout: boolean;
  template(pointer: string, value: Json): Template;
  /** Text is an expression, with or without `${ }`; anything else is a template. */
  value(pointer: string, value: Json): Template;
  /** An expression that is certainly of another type than bool is refused. */
  condition(pointer: string, source: string, sight?: Sight): Expression;
  /** The number of the block that `blocks` named so. */
  block(name: string): number;
  /** The number of a step that this one can reach to withdraw it; another id is refused. */
  reach(pointer: string, id: string): number;
  /** An earlier step of the same block, and all of the block that depend on it; another id is refused. */
  goBack(pointer: string, id: string): { readonly step: number; readonly again: readonly number[] };
  error(issue: { readonly code: ErrorCode; readonly pointer: string; readonly message: string }): void;
  warn(issue: { readonly code: WarningCode; readonly pointer: string; readonly message: string }): void;
};
