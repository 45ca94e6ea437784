/** `wait_any`: waits for several things at once; the first to happen decides how it goes on. */
import type { JsonObject } from '../../json.ts';
import { refuseReservedName } from '../block-name.ts';
import type { ControlType } from '../control-type.ts';
import type { StepDocument } from '../document.ts';
import type { WaitOption } from '../plan.ts';
import { pointerTo } from '../pointer.ts';
import { compileSource, oneSource, sourceProperties } from '../wait-source.ts';

type Config = {
  readonly options: { readonly [name: string]: JsonObject & { readonly steps?: readonly StepDocument[] } };
};

export const waitAnyType: ControlType = {
  type: 'wait_any',
  aliases: [],
  waits: true,
  summary:
    'Waits for the first of its options to happen; the others are withdrawn, and the steps of that option run. The output is `{ chosen, payload, output }`: the name of the option, the payload of its signal (null for a time), and the output of its steps (null without any).',
  configSchema: {
    type: 'object',
    required: ['options'],
    additionalProperties: false,
    properties: {
      options: {
        description:
          'The options by name, a slug; at least one. Each waits for a time or for a signal, as `wait` does.',
        type: 'object',
        minProperties: 1,
        propertyNames: { $ref: '#/$defs/slug' },
        additionalProperties: {
          type: 'object',
          additionalProperties: false,
          properties: {
            ...sourceProperties,
            steps: { description: 'Run when this option is the first.', $ref: '#/$defs/steps' },
          },
          ...oneSource,
        },
      },
    },
    examples: [
      {
        options: {
          paid: { signal: 'paid', steps: [{ id: 'thank', type: 'transform', config: { output: 'Thank you.' } }] },
          overdue: { for: '3d' },
        },
      },
    ],
  },
  blocks(config) {
    const { options } = config as unknown as Config;
    return Object.entries(options).flatMap(([name, { steps }]) =>
      steps === undefined ? [] : { name, kind: 'case', pointer: `${pointerTo('/options', name)}/steps`, steps },
    );
  },
  compile(config, step) {
    const options = Object.entries((config as unknown as Config).options).map(([name, option]): WaitOption => {
      refuseReservedName('an option', name, { pointer: '/options', step });
      const source = compileSource(option, step, pointerTo('/options', name));
      return { name, block: option.steps === undefined ? null : step.block(name), ...source };
    });
    if (!step.hasTimeout && options.every((option) => 'signal' in option)) {
      step.warn({
        code: 'wait_without_timeout',
        pointer: '/options',
        message: 'when none of these signals comes, this waits for ever; add an option with `for`',
      });
    }
    return { kind: 'wait_any', options };
  },
};
