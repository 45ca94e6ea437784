/** `cancel`: withdraws steps that have not ended, or completes them. */
import type { ControlType } from '../control-type.ts';

export const cancelType: ControlType = {
  type: 'cancel',
  aliases: [],
  summary: 'Withdraws the named steps, or completes them with what they have. Steps that have ended stay as they are.',
  configSchema: {
    type: 'object',
    required: ['steps'],
    additionalProperties: false,
    properties: {
      steps: {
        description:
          'Ids of steps, blocks included, of this block, of the blocks around it, and of blocks inside those: of a step inside a loop, a `for_each` or a branch, every run that is open, within the same round or item as this step. What opens later is not affected.',
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: { type: 'string', minLength: 1, 'x-expected': 'the id of a step' },
      },
      outcome: {
        description: '`skip`: they are withdrawn (SKIPPED); `complete`: they end in SUCCESS with what they have.',
        enum: ['skip', 'complete'],
        default: 'skip',
      },
    },
    examples: [{ steps: ['remind-later'] }],
  },
  compile: (config, step) => ({
    kind: 'cancel',
    steps: (config.steps as readonly string[]).map((id, at) => step.reach(`/steps/${at}`, id)),
    outcome: config.outcome === 'complete' ? 'complete' : 'skip',
  }),
};
