/** `switch`: runs the block of the first case that holds, or of every one. */
import type { JsonObject } from '../../json.ts';
import type { ControlType, InnerBlock } from '../control-type.ts';
import type { StepDocument } from '../document.ts';
import { expressionSchema } from '../schema/value-schemas.ts';

type Config = {
  readonly cases: readonly { readonly when: string; readonly steps: readonly StepDocument[] }[];
  readonly default?: { readonly steps: readonly StepDocument[] };
  readonly mode?: 'first' | 'all';
};

export const switchType: ControlType = {
  type: 'switch',
  aliases: [],
  summary:
    'Runs the block of the first case that holds (`mode` "all": of every one), else `default`. The output is that of the block that ran.',
  configSchema: {
    type: 'object',
    required: ['cases'],
    additionalProperties: false,
    properties: {
      cases: {
        description: 'Asked in order.',
        type: 'array',
        items: {
          type: 'object',
          required: ['when', 'steps'],
          additionalProperties: false,
          properties: {
            when: { ...expressionSchema, description: 'An expression; true chooses this case.' },
            steps: { description: 'The steps of this case.', $ref: '#/$defs/steps' },
          },
        },
      },
      default: {
        description: 'Runs when no case holds.',
        type: 'object',
        required: ['steps'],
        additionalProperties: false,
        properties: { steps: { description: 'The steps to run.', $ref: '#/$defs/steps' } },
      },
      mode: {
        description: '`first`: one case runs; `all`: every case that holds, and the output is an object by index.',
        enum: ['first', 'all'],
        default: 'first',
      },
    },
  },
  blocks(config) {
    const { cases, default: rest, mode } = config as unknown as Config;
    const blocks: InnerBlock[] = cases.map(({ steps }, index) => ({
      name: `${index}`,
      kind: 'case',
      pointer: `/cases/${index}/steps`,
      steps,
      together: mode === 'all',
    }));
    if (rest !== undefined)
      blocks.push({ name: 'default', kind: 'case', pointer: '/default/steps', steps: rest.steps });
    return blocks;
  },
  compile(config: JsonObject, step) {
    const { cases, default: rest, mode = 'first' } = config as unknown as Config;
    return {
      kind: 'switch',
      cases: cases.map(({ when }, index) => ({
        when: step.condition(`/cases/${index}/when`, when),
        block: step.block(`${index}`),
      })),
      default: rest === undefined ? null : step.block('default'),
      mode,
    };
  },
};
