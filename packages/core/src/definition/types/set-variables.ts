/** `set_variables`: writes `vars`. */
import type { ControlType } from '../control-type.ts';

export const setVariablesType: ControlType = {
  type: 'set_variables',
  aliases: [],
  summary: 'Writes variables; `vars.NAME` reads them. The output is the written values.',
  configSchema: {
    description: 'The values to write, by name; strings in them may hold `${ }`.',
    type: 'object',
    minProperties: 1,
    propertyNames: { minLength: 1, maxLength: 128 },
  },
  compile: (config, step) => ({ kind: 'set_variables', values: step.template('', config) }),
};
