/**
 * What the rest of CloudFlow knows of the expression language: compiled once when a definition is compiled, evaluated
 * often while it runs. The language itself is CEL with the rules of docs/reference/expressions.md.
 */
import type { Json } from '../json.ts';

/** A static path that an expression reads, rooted at a name: `steps.a.output.n` is name `steps`, path `['a', 'output', 'n']`. */
export type Reference = {
  readonly name: string;
  /** The constant fields and constant indexes that follow the name, up to the first part known only when it runs. */
  readonly path: readonly (string | number)[];
  /** Offset in the string as it stands in the document, `${` included. */
  readonly position: number;
  /** True when it only asks for presence: inside `has()`, `.?field` or `.orValue()`. */
  readonly optional: boolean;
};

/** The certain part of a type; `dyn` when it depends on data. */
export type StaticType =
  | 'null'
  | 'bool'
  | 'number'
  | 'string'
  | 'bytes'
  | 'list'
  | 'map'
  | 'timestamp'
  | 'duration'
  | 'type'
  | 'optional'
  | 'dyn';

export type ExpressionIssue = {
  readonly code: 'expression_syntax' | 'expression_type' | 'unknown_name' | 'unknown_function';
  readonly message: string;
  /** Offset in the string as it stands in the document, `${` included. */
  readonly position: number;
  /** The word that was probably meant. */
  readonly suggestion?: string;
};

/** What an evaluation may see. Time and ids come in as data, so that core reads no clock and no random source. */
export type Scope = {
  /** The value of a root name (`input`, `vars`, `steps`, `item`, …); undefined when the name does not exist here. */
  lookup(name: string): Json | Resolver | undefined;
  /** Milliseconds since the epoch, for `now()`. */
  readonly now: number;
  uuid(): string;
  /** Told what each evaluation has cost, in comprehension steps, so that a caller can bound many of them together. */
  spent?(steps: number): void;
};

/** A value whose fields are found on demand, such as `steps`: nothing is copied for an expression that reads one field. */
export abstract class Resolver {
  /** The field's value, or undefined when there is none. */
  abstract field(name: string): Json | Resolver | undefined;
  /** The whole as JSON, for an expression that returns or joins it. */
  abstract toJson(): Json;
}

export type Expression = {
  readonly source: string;
  readonly type: StaticType;
  readonly references: readonly Reference[];
  /** True when it calls `now()` or `uuid()`: its value must be recorded. */
  readonly volatile: boolean;
  /** @throws ExpressionError */
  evaluate(scope: Scope): Json;
};

/** A reference in a template also says which string of it holds the expression. */
export type TemplateReference = Reference & { readonly pointer: string };

/** Any JSON value whose strings may hold `${ }`. */
export type Template = {
  readonly references: readonly TemplateReference[];
  readonly volatile: boolean;
  /** True when there is no expression in it; `evaluate` then returns the value itself. */
  readonly constant: boolean;
  /** The static type of the whole value where it is certain. */
  readonly type: StaticType;
  /** @throws ExpressionError */
  evaluate(scope: Scope): Json;
};

export type Compiled<T> = { readonly ok: T } | { readonly issues: readonly ExpressionIssue[] };

/** An issue inside a template carries the JSON pointer of its string, relative to the template's root (`''` for the root itself). */
export type TemplateIssue = ExpressionIssue & { readonly pointer: string };
export type CompiledTemplate = { readonly ok: Template } | { readonly issues: readonly TemplateIssue[] };

export type ExpressionOptions = {
  /** Root names that may be used here; another name is `unknown_name` with a suggestion. */
  readonly names: readonly string[];
  /** Those of them whose fields are not known while it is evaluated: they may be joined to text, and nothing else. */
  readonly opaque?: readonly string[];
};

/** An evaluation that failed. `path` names the missing or wrong field, where there is one. */
export class ExpressionError extends Error {
  readonly code: 'expression_error' | 'expression_too_expensive';
  readonly path: string | undefined;
  constructor(
    message: string,
    code: 'expression_error' | 'expression_too_expensive' = 'expression_error',
    path?: string,
  ) {
    super(message);
    this.name = 'ExpressionError';
    this.code = code;
    this.path = path;
  }
}
