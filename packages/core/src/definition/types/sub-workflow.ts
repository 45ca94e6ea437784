/** `sub_workflow`: starts another workflow, and waits for its end or goes on. */
import type { Json } from '../../json.ts';
import type { ControlType } from '../control-type.ts';
import { mayDiffer } from '../may-differ.ts';
import { semverPattern, templateSchema } from '../schema/value-schemas.ts';

type Config = {
  readonly workflow_id: string;
  readonly version?: string;
  readonly input?: Json;
  readonly wait?: boolean;
  readonly on_cancel?: 'cancel' | 'abandon';
};

export const subWorkflowType: ControlType = {
  type: 'sub_workflow',
  aliases: [],
  summary:
    "Starts an execution of another workflow, or of this one, and waits for its end. The output is the child's; with `wait: false` it is `{ execution_id }`, at once. Children stand at most 32 deep. `timeout` is of the whole step.",
  configSchema: {
    type: 'object',
    required: ['workflow_id'],
    additionalProperties: false,
    properties: {
      workflow_id: {
        description: 'The workflow; it must exist when this one is saved. A workflow may name itself.',
        $ref: '#/$defs/slug',
      },
      version: {
        description: 'A published version. Without it: the current one when the step starts.',
        type: 'string',
        maxLength: 128,
        pattern: semverPattern,
        'x-expected': 'a semantic version such as 1.0.0',
      },
      input: {
        ...templateSchema,
        description:
          'The input of the child; `{}` when absent. One that does not fit its `input_schema` fails the step with `input_invalid`.',
      },
      wait: {
        description:
          'Whether the step waits for the end of the child, whose failure is then its own (`child_failed`). Without waiting the child goes its own way.',
        type: 'boolean',
        default: true,
      },
      on_cancel: {
        description:
          'When the step is withdrawn, times out, or its execution stops: `cancel` cancels the child and waits until it has undone its work, `abandon` lets it run on.',
        enum: ['cancel', 'abandon'],
        default: 'cancel',
      },
    },
    examples: [{ workflow_id: 'ship-order', input: { order: '${ input.order }' } }],
  },
  compile(config, step) {
    const {
      workflow_id: workflowId,
      version = null,
      input,
      wait = true,
      on_cancel = 'cancel',
    } = config as unknown as Config;
    const template = input === undefined ? null : step.template('/input', input);
    return {
      kind: 'sub_workflow',
      workflowId,
      version,
      input: template,
      recordInput: template !== null && mayDiffer(template),
      wait,
      onCancel: on_cancel,
    };
  },
};
