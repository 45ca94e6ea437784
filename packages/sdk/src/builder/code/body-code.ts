/** What a step does, as a call of the function that the builder has for its type. */
import type { StepDocument, WorkDocument } from '@cloudflow/core/definition/document.ts';
import { isJsonObject, type Json, type JsonObject } from '@cloudflow/core/json.ts';
import { inCode } from '../field-name.ts';
import { dataCode, fieldCode, fieldsCode, textCode } from './data.ts';
import { type Code, object } from './layout.ts';
import type { StepPrinter, Use } from './step-code.ts';

export type BodyPrinter = (work: WorkDocument) => Code;

export function createBodyPrinter(printer: Pick<StepPrinter, 'block'>, use: Use): BodyPrinter {
  return ({ type, config }) => {
    const print = config === undefined ? undefined : (controls.get(type) ?? data(type));
    if (print !== undefined && config !== undefined) return call(use(print.name), [print.of(config, printer)]);
    const items = config === undefined ? [textCode(type)] : [textCode(type), dataCode(config)];
    return call(use('action'), items);
  };
}

type Control = {
  readonly name: string;
  readonly of: (config: JsonObject, printer: Pick<StepPrinter, 'block'>) => Code;
};

function data(type: string): Control | undefined {
  return type === 'http_request' ? { name: 'http', of: dataCode } : undefined;
}

const controls: ReadonlyMap<string, Control> = new Map<string, Control>([
  ['transform', { name: 'transform', of: ({ output }) => dataCode(output ?? null) }],
  ['set_variables', { name: 'setVariables', of: dataCode }],
  ['function', { name: 'fn', of: fieldsCode }],
  ['sub_workflow', { name: 'subWorkflow', of: fieldsCode }],
  ['wait', { name: 'wait', of: fieldsCode }],
  ['delay', { name: 'delay', of: fieldsCode }],
  ['goto', { name: 'goto', of: fieldsCode }],
  ['cancel', { name: 'cancel', of: fieldsCode }],
  ['terminate', { name: 'terminate', of: fieldsCode }],
  ['block', { name: 'block', of: (config, printer) => withSteps(config, 'inner', printer) }],
  ['loop', { name: 'loop', of: (config, printer) => withSteps(config, 'round', printer) }],
  ['for_each', { name: 'forEach', of: forEachCode }],
  ['switch', { name: 'switchOn', of: switchCode }],
  ['parallel', { name: 'parallel', of: parallelCode }],
  ['wait_any', { name: 'waitAny', of: waitAnyCode }],
]);

type Inner = Pick<StepPrinter, 'block'>;

function call(name: string, items: readonly Code[]): Code {
  return { open: `${name}(`, items, close: ')' };
}

/** Every field as `print` has it, else as data. */
function fieldsWith(config: JsonObject, print: { readonly [name: string]: ((value: Json) => Code) | undefined }): Code {
  return object(
    Object.entries(config).map(([name, value]) => fieldCode(inCode(name), (print[name] ?? dataCode)(value))),
  );
}

function stepsCode(value: Json | undefined, name: string, printer: Inner): Code {
  return printer.block(name, value as unknown as readonly StepDocument[]);
}

function withSteps(config: JsonObject, name: string, printer: Inner): Code {
  return fieldsWith(config, { steps: (steps) => stepsCode(steps, name, printer) });
}

function forEachCode(config: JsonObject, printer: Inner): Code {
  return fieldsWith(config, {
    steps: (steps) => stepsCode(steps, 'each', printer),
    on_item_error: (policy) => (isJsonObject(policy) ? fieldsCode(policy) : dataCode(policy)),
  });
}

function switchCode(config: JsonObject, printer: Inner): Code {
  const caseCode = (each: Json) => withSteps(each as JsonObject, 'chosen', printer);
  return fieldsWith(config, {
    cases: (cases) => ({ open: '[', items: (cases as readonly Json[]).map(caseCode), close: ']' }),
    default: (rest) => stepsCode((rest as JsonObject)['steps'], 'chosen', printer),
  });
}

function parallelCode(config: JsonObject, printer: Inner): Code {
  const branch = (of: Json) => stepsCode((of as JsonObject)['steps'], 'branch', printer);
  return fieldsWith(config, { branches: (branches) => byName(branches as JsonObject, branch) });
}

function waitAnyCode(config: JsonObject, printer: Inner): Code {
  const option = (of: Json) => withSteps(of as JsonObject, 'chosen', printer);
  return fieldsWith(config, { options: (options) => byName(options as JsonObject, option) });
}

function byName(of: JsonObject, print: (value: Json) => Code): Code {
  return object(Object.entries(of).map(([name, value]) => fieldCode(name, print(value))));
}
