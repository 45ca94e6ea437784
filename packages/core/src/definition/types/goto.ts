/** `goto`: back to an earlier step of the same block, which starts a new round. */
import type { ControlType } from '../control-type.ts';

const defaultMax = 100;
const mostTimes = 10_000;

export const gotoType: ControlType = {
  type: 'goto',
  aliases: [],
  summary:
    'Goes back to an earlier step of the same block: that step and all that depend on it, the `goto` and what follows it included, are withdrawn and start a new round. Give it a `when`: while that is false the `goto` is SKIPPED, and what depends on it runs. Over `max` it fails with `goto_limit`.',
  configSchema: {
    type: 'object',
    required: ['step'],
    additionalProperties: false,
    properties: {
      step: {
        description: 'Id of a step of the same block that comes before this one, through `depends_on`.',
        type: 'string',
        minLength: 1,
        'x-expected': 'the id of a step',
      },
      max: {
        description: 'How often it may be taken while its block runs once.',
        type: 'integer',
        minimum: 1,
        maximum: mostTimes,
        default: defaultMax,
      },
    },
    examples: [{ step: 'review', max: 5 }],
  },
  compile(config, step) {
    const max = typeof config.max === 'number' ? config.max : defaultMax;
    return { kind: 'goto', ...step.goBack('/step', String(config.step)), max };
  },
};
