/** `transform`: a value made from other values. */
import type { ControlType } from '../control-type.ts';
import { templateSchema } from '../schema/value-schemas.ts';

export const transformType: ControlType = {
  type: 'transform',
  aliases: [],
  summary: 'Makes a value from other values.',
  configSchema: {
    type: 'object',
    required: ['output'],
    additionalProperties: false,
    properties: { output: { ...templateSchema, description: 'The value; strings in it may hold `${ }`.' } },
  },
  compile: (config, step) => ({ kind: 'transform', output: step.template('/output', config.output ?? null) }),
};
