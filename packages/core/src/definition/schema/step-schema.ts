/** The JSON Schema of a step, built from the table of control types. */
import type { JsonObject } from '../../json.ts';
import type { ControlType } from '../control-type.ts';
import { expressionSchema, stepJoinSchema, templateSchema } from './value-schemas.ts';

/** Fields that a step and a compensation have in common. */
const workFields: JsonObject = {
  type: {
    description: 'A control type, or an action type of the registry such as `http_request`.',
    type: 'string',
    minLength: 1,
    maxLength: 200,
  },
  config: { description: 'What the type needs; strings may hold `${ }`.', type: 'object' },
  when: { ...expressionSchema, description: 'An expression; false makes the step SKIPPED.' },
  timeout: { description: 'Of one attempt; of the whole step where it holds blocks.', $ref: '#/$defs/duration' },
  retry: { $ref: '#/$defs/retry' },
  on_error: { $ref: '#/$defs/onError' },
  delivery: {
    description:
      'With `at_most_once` a crash in the middle gives FAILED with `outcome_unknown`, never a silent second try.',
    enum: ['at_least_once', 'at_most_once'],
    default: 'at_least_once',
  },
  sensitive: {
    description:
      'Input and output of the step, and of all steps inside it, are stored encrypted and shown as `***`, and of its errors only the code is kept. What takes from its output is sensitive too: steps, the blocks around them, the output of the workflow. Where a value would be kept in plain text (variables, keys of locks, times, other executions) it is refused.',
    type: 'boolean',
    default: false,
  },
};

const stepFields: JsonObject = {
  id: { description: 'Name of the step, unique in the whole document, nested blocks included.', $ref: '#/$defs/slug' },
  ...workFields,
  depends_on: {
    description: 'Ids of steps of the same block. None: the step starts with the block.',
    type: 'array',
    items: { type: 'string', minLength: 1, 'x-expected': 'the id of a step' },
  },
  join: {
    ...stepJoinSchema,
    description:
      'When a step with several dependencies runs: after all, after the first to succeed, or after `count` of them. A `block` may also run several times: once for `each` arrival (or each n of them), once for each of the `sets` (or when n of a set are there); see Arrivals.',
  },
  cancel_remaining: {
    description:
      'Beside `join` "any" or { "count": n }: dependencies that have not ended, and steps that lead only to this join, are withdrawn.',
    type: 'boolean',
    default: false,
  },
  milestone: {
    description:
      'Asked just before the step starts, after `depends_on`, `when` and `lock`. Where it does not hold, the step is SKIPPED, or waits, QUEUED, and is asked about again after every event of the execution. When nothing else can happen in the execution any more, a step that waits fails with `milestone_unreachable`.',
    type: 'object',
    required: ['when'],
    additionalProperties: false,
    properties: {
      when: { ...expressionSchema, description: 'The step starts only while this is true.' },
      else: { description: 'What becomes of the step when it is not true.', enum: ['skip', 'wait'], default: 'skip' },
    },
  },
  compensate: {
    description: 'A step that undoes this one when the execution fails or is cancelled.',
    $ref: '#/$defs/compensation',
  },
  lock: {
    description:
      'Steps that hold the same lock exclude one another: it is waited for after `when`, and held until the step has ended, retries and handler included.',
    type: 'object',
    required: ['key', 'scope'],
    additionalProperties: false,
    properties: {
      key: { ...expressionSchema, description: 'An expression; a constant key is `"\'name\'"`.' },
      scope: {
        description:
          'Who shares the lock: the steps of one execution, all executions of the workflow, or of the tenant.',
        enum: ['execution', 'workflow', 'tenant'],
      },
    },
    examples: [{ key: 'input.account', scope: 'tenant' }],
  },
  output: { ...templateSchema, description: 'Shapes what `steps.ID.output` is; `result` is the raw result.' },
};

const onError: JsonObject = {
  description:
    'After the last attempt: fail, let dependents run, satisfy nothing, or run a handler whose output replaces that of the step.',
  default: 'fail',
  anyOf: [
    { enum: ['fail', 'continue', 'skip'] },
    {
      type: 'object',
      'x-expected': 'a handler { "steps": [...] }',
      required: ['steps'],
      additionalProperties: false,
      properties: {
        steps: { description: 'The steps of the handler; they see `error`.', $ref: '#/$defs/steps' },
        compensate: {
          description: 'On a `block` only: undo first what succeeded inside.',
          type: 'boolean',
          default: false,
        },
      },
    },
  ],
};

export function stepDefinitions(types: readonly ControlType[]): { readonly [name: string]: JsonObject } {
  return {
    steps: { type: 'array', items: { $ref: '#/$defs/step' } },
    step: {
      type: 'object',
      required: ['id', 'type'],
      additionalProperties: false,
      properties: stepFields,
      allOf: types.map(configRule),
    },
    compensation: {
      description: 'A step without `id` and `depends_on`.',
      type: 'object',
      required: ['type'],
      additionalProperties: false,
      properties: workFields,
      allOf: types.map(configRule),
    },
    onError,
    ...Object.fromEntries(types.map((each) => [configName(each), each.configSchema])),
  };
}

/** A control type says what its `config` is; that of an action is in the registry. */
function configRule(type: ControlType): JsonObject {
  return {
    if: { required: ['type'], properties: { type: { enum: [type.type, ...type.aliases] } } },
    then: { required: ['config'], properties: { config: { $ref: `#/$defs/${configName(type)}` } } },
  };
}

export function configName({ type }: ControlType): string {
  return `${type}_config`;
}
