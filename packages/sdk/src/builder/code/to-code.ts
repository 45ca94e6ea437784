/** A definition as the source of a module that builds it: the way back from `build()`. */
import type { WorkflowDocument } from '@cloudflow/core/definition/document.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import { inCode } from '../field-name.ts';
import { dataCode, fieldCode, fieldsCode, textCode } from './data.ts';
import { type Code, layOut, object } from './layout.ts';
import { createStepPrinter } from './step-code.ts';

/**
 * Of a valid definition. Importing the module gives the same definition; it is written with what the builder exports from
 * `importFrom`.
 */
export function toCode(document: WorkflowDocument, importFrom = '@cloudflow/sdk/builder'): string {
  const used = new Set(['workflow']);
  const printer = createStepPrinter((name) => {
    used.add(name);
    return name;
  });
  const { workflow_id: id, steps, output, on_failure: onFailure, on_cancel: onCancel, ...options } = document;
  const head = layOut({
    open: 'workflow(',
    items: [textCode(id), object(Object.entries(options).map(optionCode))],
    close: ')',
  });
  const calls = [
    ...printer.steps(steps),
    ...(output === undefined ? [] : [call('output', [dataCode(output)])]),
    ...(onFailure === undefined ? [] : [call('onFailure', [printer.block('ending', onFailure)])]),
    ...(onCancel === undefined ? [] : [call('onCancel', [printer.block('ending', onCancel)])]),
    '.build()',
  ];
  const body = [head, ...calls.map((each) => `  ${layOut(each, '  ')}`)].join('\n');
  return `import { ${[...used].sort().join(', ')} } from ${textCode(importFrom)};\n\nexport default ${body};\n`;
}

function call(name: string, items: readonly Code[]): Code {
  return { open: `.${name}(`, items, close: ')' };
}

function optionCode([name, value]: readonly [string, Json]): Code {
  if (name === 'input_schema') return fieldCode('input', dataCode(value));
  if (name === 'retry') return fieldCode(name, fieldsCode(value as JsonObject));
  return fieldCode(inCode(name), dataCode(value));
}
