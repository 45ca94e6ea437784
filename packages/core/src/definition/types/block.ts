/** `block`: groups steps, so that one condition, join, timeout, handler and compensation stand for all of them. */
import type { ControlType } from '../control-type.ts';
import type { StepDocument } from '../document.ts';
import { isOfArrivals } from '../join.ts';

export const blockType: ControlType = {
  type: 'block',
  aliases: [],
  summary:
    'Groups steps for a common `when`, `join`, `lock`, `timeout`, `on_error` and `compensate`. The output is that of its last-listed step that ran. With `join` "each" or "sets" it runs several times, see Arrivals.',
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
  blocks: (config, join) => {
    const body = { name: 'body', pointer: '/steps', steps: config.steps as unknown as readonly StepDocument[] };
    if (!isOfArrivals(join)) return [{ ...body, kind: 'case' }];
    return [{ ...body, kind: 'arrival', names: ['arrival'], together: true }];
  },
  compile: (_config, step) => ({ kind: 'block', block: step.block('body') }),
};
