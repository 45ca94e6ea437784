/** `loop`: runs its steps again and again, one round after the other. */
import type { Json, JsonObject } from '../../json.ts';
import type { ControlType, TypeCompiler } from '../control-type.ts';
import type { StepDocument } from '../document.ts';
import { expressionSchema } from '../schema/value-schemas.ts';

const defaultMaxIterations = 1000;
const mostIterations = 100_000;

export const loopType: ControlType = {
  type: 'loop',
  aliases: [],
  summary:
    'Runs its steps in rounds, one after the other. Inside, `loop.index` counts from 0, and `loop.previous` is the output of the round before, null in the first. The output is that of the last round; over `max_iterations` the step fails with `loop_limit`.',
  configSchema: {
    type: 'object',
    required: ['steps'],
    additionalProperties: false,
    properties: {
      while: {
        ...expressionSchema,
        description: 'Asked before each round, with the `loop` of that round; false ends the loop.',
      },
      until: {
        ...expressionSchema,
        description: 'Asked after each round, with `loop` and the `steps` of that round in view; true ends the loop.',
      },
      times: {
        description: 'How many rounds: a whole number, or `${ }` that gives one.',
        type: ['integer', 'string'],
        minimum: 0,
        maximum: mostIterations,
        'x-expected': 'a whole number of rounds',
      },
      max_iterations: {
        description: 'How many rounds there may be.',
        type: 'integer',
        minimum: 1,
        maximum: mostIterations,
        default: defaultMaxIterations,
      },
      steps: { description: 'The steps of each round.', $ref: '#/$defs/steps' },
    },
    'x-expected': 'one of `while`, `until` and `times`',
    oneOf: [{ required: ['while'] }, { required: ['until'] }, { required: ['times'] }],
    examples: [
      {
        until: 'steps.ask.output.body.done',
        max_iterations: 60,
        steps: [
          { id: 'pause', type: 'wait', config: { for: '10s' } },
          {
            id: 'ask',
            type: 'http_request',
            config: { url: 'https://jobs.example/${ input.job }' },
            depends_on: ['pause'],
          },
        ],
      },
    ],
  },
  blocks: ({ steps }) => [
    {
      name: 'round',
      kind: 'round',
      pointer: '/steps',
      steps: steps as unknown as readonly StepDocument[],
      names: ['loop'],
    },
  ],
  compile(config, step) {
    const { while: before, until } = config;
    return {
      kind: 'loop',
      block: step.block('round'),
      while: typeof before === 'string' ? step.condition('/while', before, { names: ['loop'] }) : null,
      until: typeof until === 'string' ? step.condition('/until', until, { after: 'round' }) : null,
      times: config.times === undefined ? null : compileTimes(config.times, limitOf(config), step),
      maxIterations: limitOf(config),
    };
  },
};

/** How many rounds there may be. */
export function mostRounds(config: JsonObject): number {
  return typeof config.times === 'number' ? Math.min(config.times, limitOf(config)) : limitOf(config);
}

function limitOf({ max_iterations: limit }: JsonObject): number {
  return typeof limit === 'number' ? limit : defaultMaxIterations;
}

function compileTimes(times: Json, limit: number, step: TypeCompiler) {
  const template = step.template('/times', times);
  const isCount = typeof times === 'number' || (!template.constant && ['number', 'dyn'].includes(template.type));
  if (!isCount) {
    step.error({
      code: 'not_a_count',
      pointer: '/times',
      message: 'expected a whole number of rounds, or one expression that gives it, such as `${ input.n }`',
    });
  }
  if (typeof times === 'number' && times > limit) {
    step.warn({
      code: 'loop_over_limit',
      pointer: '/times',
      message: `${times} rounds are more than \`max_iterations\`, which is ${limit}: the step will fail with \`loop_limit\`; raise it`,
    });
  }
  return template;
}
