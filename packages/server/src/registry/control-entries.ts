/** The control types of the language as the palette shows them: what core has of each, and what people look for. */
import { controlTypes } from '@cloudflow/core/definition/types/index.ts';
import type { Json } from '@cloudflow/core/json.ts';
import { type StepCode, stepCodes } from '../kernel/errors/step-codes.ts';
import type { RegisteredType } from './service.ts';

type Facts = {
  readonly title: string;
  readonly category: 'flow' | 'data' | 'wait';
  /** Name of an icon of lucide.dev. */
  readonly icon: string;
  /** Beside those that any step can fail with, such as `expression_error`. */
  readonly errors: readonly StepCode[];
};

const child = [
  ...(['workflow_unknown', 'workflow_disabled', 'definition_outdated', 'input_invalid'] as const),
  ...(['child_failed', 'child_output_sensitive', 'depth_limit', 'held_by_caller'] as const),
];

const facts: Readonly<Record<string, Facts>> = {
  transform: { title: 'Transform', category: 'data', icon: 'braces', errors: [] },
  set_variables: { title: 'Set variables', category: 'data', icon: 'variable', errors: [] },
  function: {
    title: 'Function',
    category: 'data',
    icon: 'square-function',
    errors: ['function_error', 'timeout', 'out_of_memory'],
  },
  switch: { title: 'Switch', category: 'flow', icon: 'split', errors: [] },
  block: { title: 'Block', category: 'flow', icon: 'group', errors: ['timeout'] },
  parallel: { title: 'Parallel', category: 'flow', icon: 'columns-3', errors: ['timeout'] },
  for_each: { title: 'For each', category: 'flow', icon: 'list', errors: ['items_limit', 'timeout'] },
  loop: { title: 'Loop', category: 'flow', icon: 'repeat', errors: ['loop_limit', 'timeout'] },
  sub_workflow: { title: 'Sub-workflow', category: 'flow', icon: 'workflow', errors: [...child, 'timeout'] },
  wait: { title: 'Wait', category: 'wait', icon: 'clock', errors: ['timeout'] },
  wait_any: { title: 'Wait for the first', category: 'wait', icon: 'timer', errors: ['timeout'] },
  goto: { title: 'Go to', category: 'flow', icon: 'corner-up-left', errors: ['goto_limit'] },
  cancel: { title: 'Cancel steps', category: 'flow', icon: 'circle-x', errors: [] },
  terminate: { title: 'Terminate', category: 'flow', icon: 'octagon-x', errors: [] },
};

export function controlEntries(): readonly RegisteredType[] {
  return controlTypes.map(({ type, aliases, summary, configSchema }) => {
    const known = facts[type];
    if (known === undefined) throw new Error(`the palette knows nothing of the control type ${type}`);
    return {
      ...{ type, aliases, kind: 'control', description: summary, version: 1 },
      ...{ title: known.title, category: known.category, icon: known.icon },
      configSchema: withWholeReferences(configSchema),
      outputSchema: null,
      errors: known.errors.map(errorOf),
      defaultTimeoutMs: null,
      effect: 'none',
      runsOn: 'server',
      lastAskedAt: null,
    };
  });
}

const retryable = { yes: 'always', no: 'never', depends: 'depends' } as const;

function errorOf(code: StepCode) {
  const row = stepCodes[code];
  return { code, description: row.meaning, retryable: retryable[row.retryable] };
}

/** What core says by `#/$defs/…` stands in the schema of the language, which is published. */
function withWholeReferences(schema: Json): Json {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"/schemas/workflow/1.0.json#/');
  return JSON.parse(text) as Json;
}
