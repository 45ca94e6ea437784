/** `block`: groups steps, so that one condition, join, timeout, handler and compensation stand for all of them. */
import type { ControlType } from '../control-type.ts';
import type { StepDocument } from '../document.ts';

export const blockType: ControlType = {
  type: 'block',
  aliases: [],
  summary:
    'Groups steps for a common `when`, `join`, `timeout`, `on_error` and `compensate`. The output is that of its last-listed step that ran.',
  configSchema: {
    type: 'object',
    required: ['steps'],
    additionalProperties: false,
    properties: { steps: { description: 'The steps of the block.', $ref: '#/$defs/steps' } },
    examples: [
      {
        steps: [
          { id: 'reserve', type: 'http_request', config: { url: 'https://stock.example/reserve', method: 'POST' } },
          {
            id: 'pay',
            type: 'http_request',
            config: { url: 'https://pay.example/charge', method: 'POST' },
            depends_on: ['reserve'],
          },
        ],
      },
    ],
  },
  blocks: ({ steps }) => [
    { name: 'body', kind: 'case', pointer: '/steps', steps: steps as unknown as readonly StepDocument[] },
  ],
  compile: (_config, step) => ({ kind: 'block', block: step.block('body') }),
};
