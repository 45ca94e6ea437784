/** Steps as calls of the builder. */
import type { StepDocument, WorkDocument } from '@cloudflow/core/definition/document.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import { inCode } from '../field-name.ts';
import { type BodyPrinter, createBodyPrinter } from './body-code.ts';
import { dataCode, fieldCode, fieldsCode, textCode } from './data.ts';
import { type Code, object, prefixed } from './layout.ts';

/** Notes that the module needs a function of the builder, and gives its name. */
export type Use = (name: string) => string;

export type StepPrinter = {
  /** `.step(…)`; `rest` are the steps of its block from this one on. */
  step(step: StepDocument, rest: ReadonlySet<string>): Code;
  /** `(name) => name.step(…)` */
  block(name: string, steps: readonly StepDocument[]): Code;
  /** The steps of one list, in order. */
  steps(steps: readonly StepDocument[]): readonly Code[];
};

export function createStepPrinter(use: Use): StepPrinter {
  const printer: StepPrinter = {
    step({ id, type, config, depends_on: dependsOn, ...fields }, rest) {
      const shown = [
        ...(dependsOn === undefined ? [] : [fieldCode('dependsOn', dependencies(dependsOn, rest, use))]),
        ...workFields(fields, tools),
      ];
      const items = [textCode(id), bodies(workOf(type, config)), ...(shown.length === 0 ? [] : [object(shown)])];
      return { open: '.step(', items, close: ')' };
    },
    block: (name, steps) => ({ head: `(${name}) => ${name}`, calls: printer.steps(steps) }),
    steps(steps) {
      // What is written further down: a step may depend on it all the same.
      const rest = new Set(steps.map(({ id }) => id));
      return steps.map((step) => {
        const code = printer.step(step, rest);
        rest.delete(step.id);
        return code;
      });
    },
  };
  const bodies = createBodyPrinter(printer, use);
  const tools = { printer, bodies };
  return printer;
}

function workOf(type: string, config: JsonObject | undefined): WorkDocument {
  return config === undefined ? { type } : { type, config };
}

function dependencies(ids: readonly string[], rest: ReadonlySet<string>, use: Use): Code {
  const items = ids.map((id) => (rest.has(id) ? `${use('later')}(${textCode(id)})` : textCode(id)));
  const [only, ...more] = items;
  return only !== undefined && more.length === 0 ? only : { open: '[', items, close: ']' };
}

type Tools = { readonly printer: StepPrinter; readonly bodies: BodyPrinter };
type OwnFields = Omit<StepDocument, 'id' | 'type' | 'config' | 'depends_on'>;

function workFields({ retry, on_error: onError, compensate, ...rest }: OwnFields, tools: Tools): readonly Code[] {
  return [
    ...Object.entries(rest as JsonObject).map(([name, value]) => fieldCode(inCode(name), dataCode(value))),
    ...(retry === undefined ? [] : [fieldCode('retry', fieldsCode(retry as JsonObject))]),
    ...(onError === undefined ? [] : [fieldCode('onError', onErrorCode(onError, tools))]),
    ...(compensate === undefined ? [] : [fieldCode('compensate', compensationCode(compensate, tools))]),
  ];
}

function onErrorCode(onError: NonNullable<WorkDocument['on_error']>, { printer }: Tools): Code {
  if (typeof onError === 'string') return textCode(onError);
  const { steps, ...rest } = onError;
  const flags = Object.entries(rest as Readonly<Record<string, Json>>);
  return object([
    fieldCode('steps', printer.block('handler', steps)),
    ...flags.map(([name, value]) => fieldCode(name, dataCode(value))),
  ]);
}

function compensationCode({ type, config, ...fields }: WorkDocument, tools: Tools): Code {
  const body = tools.bodies(workOf(type, config));
  const shown = workFields(fields, tools);
  return shown.length === 0 ? body : object([prefixed('do: ', body), ...shown]);
}
