/** `terminate`: ends the execution at once. */
import type { JsonObject } from '../../json.ts';
import type { ControlType } from '../control-type.ts';
import { templateSchema } from '../schema/value-schemas.ts';

type Status = 'COMPLETED' | 'FAILED' | 'CANCELLED';

export const terminateType: ControlType = {
  type: 'terminate',
  aliases: [],
  summary: 'Ends the execution at once.',
  configSchema: {
    type: 'object',
    required: ['status'],
    additionalProperties: false,
    properties: {
      status: {
        description: 'What the execution ends as; FAILED and CANCELLED compensate.',
        enum: ['COMPLETED', 'FAILED', 'CANCELLED'],
      },
      output: { ...templateSchema, description: 'Result of the execution.' },
      error: {
        description: 'Text or `{ code, message }`.',
        anyOf: [
          { type: 'string' },
          {
            type: 'object',
            'x-expected': '{ "code", "message" }',
            required: ['message'],
            additionalProperties: false,
            properties: {
              code: { description: 'An error code.', type: 'string', minLength: 1 },
              message: { description: 'For people.', type: 'string' },
            },
          },
        ],
      },
    },
  },
  compile(config: JsonObject, step) {
    if (config.status === 'COMPLETED' && config.error !== undefined) {
      step.error({
        code: 'error_without_failure',
        pointer: '/error',
        message: 'an execution that ends COMPLETED has no error; remove it, or end as FAILED',
      });
    }
    return {
      kind: 'terminate',
      status: config.status as Status,
      output: config.output === undefined ? null : step.template('/output', config.output),
      error: config.error === undefined ? null : step.template('/error', config.error),
    };
  },
};
