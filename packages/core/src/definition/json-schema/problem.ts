/** What a JSON value has that its schema does not allow, and how checks report it. */
import type { Json } from '../../json.ts';
import { type Place, pointerOf } from '../pointer.ts';

export type ProblemCode =
  | 'missing_field'
  | 'unknown_field'
  | 'wrong_type'
  | 'not_allowed_value'
  | 'too_short'
  | 'too_long'
  | 'too_small'
  | 'too_large'
  | 'not_a_multiple'
  | 'pattern_mismatch'
  | 'format_mismatch'
  | 'duplicate_item'
  | 'missing_item'
  | 'too_many_items'
  | 'no_alternative_fits'
  | 'several_alternatives_fit'
  | 'forbidden_value'
  | 'too_deep'
  | 'too_expensive';

export type Problem = {
  readonly code: ProblemCode;
  /** JSON pointer into the value; a missing field is reported where it would stand. */
  readonly pointer: string;
  readonly message: string;
  readonly suggestion?: string;
};

/** One check at work. */
export type CheckRun = {
  /** Null while it only asks whether the value fits: nothing is described then, so that a good value costs no memory. */
  readonly problems: Problem[] | null;
  readonly budget: Budget;
  /** Strings that hold `${ }` fit everywhere: what they become is known only when the workflow runs. */
  readonly templates: boolean;
};

/** Schemas looked at so far; the end of it ends the check, whatever a schema and a value do to one another. */
export type Budget = { left: number };

/** True when the value fits. With `problems`, all that does not fit is described there. */
export type Check = (value: Json, at: Place | null, run: CheckRun) => boolean;

/** What keywords need to compile the schemas inside them. */
export type Compiler = {
  readonly root: Json;
  node(schema: Json): Check;
};

export type Refusal = {
  readonly code: ProblemCode;
  readonly message: string;
  readonly suggestion?: string | undefined;
};

/** Nobody reads more, and a value of 1 MB can be wrong in 100,000 places. */
const mostProblems = 200;

/** Answers false; the refusal is described only for a run that wants to know. */
export function refuse(run: CheckRun, at: Place | null, refusal: () => Refusal): false {
  if (run.problems !== null && run.problems.length < mostProblems) {
    const { code, message, suggestion } = refusal();
    run.problems.push({ code, pointer: pointerOf(at), message, ...(suggestion === undefined ? {} : { suggestion }) });
  }
  return false;
}

/** `a string`, `null`, `an array`: the kind of a value in words. */
export function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'boolean') return 'a boolean';
  return typeof value === 'number' ? 'a number' : 'a string';
}

/** A value as it may stand in a message: short. */
export function show(value: Json): string {
  if (typeof value === 'object' && value !== null) return kindOf(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
