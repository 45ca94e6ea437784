/** Checks a value against a schema, and says what is wrong in words, with pointers and suggestions. */
import { closest } from '@cloudflow/core/text/suggest.ts';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Settings } from 'typebox/system';
import type { InputCode } from '../errors/input-codes.ts';
import type { ProblemError } from '../errors/problem.ts';
import { escapePointer } from './read-json.ts';

/** More mistakes than this are not listed: nobody reads them, and they cost time. */
const mostErrors = 50;
// The library's own limit is for the whole process, and it counts an unknown field twice.
Settings.Set({ maxErrors: 2 * mostErrors });

/** What is wrong with a value; empty when it fits. Pointers begin with `prefix`. */
export type Check = (value: unknown, prefix?: string) => readonly ProblemError[];

const nothing: readonly ProblemError[] = Object.freeze([]);

export function createCheck(schema: TSchema): Check {
  const validator = Compile(schema);
  return (value, prefix = '') => {
    if (validator.Check(value)) return nothing;
    const found = withoutNoise(validator.Errors(value));
    const errors = found.flatMap((error) => explain(error, schema)).slice(0, mostErrors);
    return prefix === '' ? errors : errors.map((error) => ({ ...error, pointer: `${prefix}${error.pointer}` }));
  };
}

/**
 * A choice reports each alternative that did not fit, and then itself. Where an alternative fails deeper inside the value,
 * those errors say more than the choice does; else the choice alone is kept.
 */
function withoutNoise(errors: readonly TLocalizedValidationError[]): readonly TLocalizedValidationError[] {
  const own = errors.filter(({ keyword }) => keyword !== 'boolean');
  const choices = own.filter(({ keyword }) => keyword === 'anyOf');
  const insideOf = (error: TLocalizedValidationError) =>
    choices.find((choice) => error.schemaPath.startsWith(`${choice.schemaPath}/anyOf/`));
  const isDeeper = (error: TLocalizedValidationError, choice: TLocalizedValidationError) =>
    error.instancePath.length > choice.instancePath.length ||
    error.keyword === 'required' ||
    error.keyword === 'additionalProperties';
  return own.filter((error) => {
    if (error.keyword === 'anyOf') return !own.some((other) => insideOf(other) === error && isDeeper(other, error));
    const choice = insideOf(error);
    return choice === undefined || isDeeper(error, choice);
  });
}

function explain(error: TLocalizedValidationError, schema: TSchema): ProblemError | ProblemError[] {
  const pointer = error.instancePath;
  const at = (code: InputCode, message: string): ProblemError => ({ pointer, code, message });
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => missing(pointer, name));
    case 'additionalProperties':
      return error.params.additionalProperties
        .slice(0, mostErrors)
        .map((name) => unknownField(pointer, name, schemaAt(schema, error.schemaPath)));
    case 'type':
      return at('wrong_type', `Expected ${[error.params.type].flat().map(withArticle).join(' or ')}.`);
    case 'const':
      return at('not_allowed', `Expected ${JSON.stringify(error.params.allowedValue)}.`);
    case 'enum':
      return at(
        'not_allowed',
        `Expected one of ${error.params.allowedValues.map((value) => JSON.stringify(value)).join(', ')}.`,
      );
    case 'anyOf':
      return at(...choiceMessage(schemaAt(schema, error.schemaPath)));
    default: {
      const { 'x-expected': expected } = schemaAt(schema, error.schemaPath);
      const message = expected === undefined ? `The value ${error.message}.` : `Expected ${expected}.`;
      return at(codeOf(error.keyword), message);
    }
  }
}

function missing(pointer: string, name: string): ProblemError {
  return { pointer: `${pointer}/${escapePointer(name)}`, code: 'missing', message: `"${name}" is required.` };
}

function unknownField(pointer: string, name: string, schema: SchemaNode): ProblemError {
  const known = Object.keys(schema.properties ?? {});
  const suggestion = closest(name, known);
  const message = `There is no field "${shorten(name)}" here${known.length > 0 && known.length <= 20 ? `; known are ${known.join(', ')}` : ''}.`;
  return {
    pointer: `${pointer}/${escapePointer(name)}`,
    code: 'unknown_field',
    message,
    ...(suggestion !== undefined && { suggestion }),
  };
}

/** As much of a JSON Schema as messages need. */
type SchemaNode = {
  readonly type?: string;
  /** What is wanted, in words; patterns and formats say it to machines only. */
  readonly 'x-expected'?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly anyOf?: readonly SchemaNode[];
};

function choiceMessage(schema: SchemaNode): [InputCode, string] {
  const options = schema.anyOf ?? [];
  if (options.every((option) => option.const !== undefined)) {
    return ['not_allowed', `Expected one of ${options.map((option) => JSON.stringify(option.const)).join(', ')}.`];
  }
  if (options.every((option) => option.type !== undefined)) {
    return [
      'wrong_type',
      `Expected ${[...new Set(options.map((option) => withArticle(option.type ?? '')))].join(' or ')}.`,
    ];
  }
  return ['no_match', 'The value fits none of the allowed forms.'];
}

function schemaAt(schema: TSchema, path: string): SchemaNode {
  let node: unknown = schema;
  for (const part of path.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    node =
      typeof node === 'object' && node !== null && Object.hasOwn(node, key)
        ? (node as Record<string, unknown>)[key]
        : undefined;
  }
  return typeof node === 'object' && node !== null ? node : {};
}

const codes: Readonly<Record<string, InputCode>> = {
  minimum: 'out_of_range',
  maximum: 'out_of_range',
  exclusiveMinimum: 'out_of_range',
  exclusiveMaximum: 'out_of_range',
  multipleOf: 'out_of_range',
  minLength: 'wrong_length',
  maxLength: 'wrong_length',
  minItems: 'wrong_length',
  maxItems: 'wrong_length',
  minProperties: 'wrong_length',
  maxProperties: 'wrong_length',
  uniqueItems: 'wrong_length',
  pattern: 'wrong_format',
  format: 'wrong_format',
  propertyNames: 'wrong_format',
};

function codeOf(keyword: string): InputCode {
  return codes[keyword] ?? 'no_match';
}

function withArticle(type: string): string {
  if (type === 'null') return type;
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function shorten(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
