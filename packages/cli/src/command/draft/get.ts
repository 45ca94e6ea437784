/** `cloudflow draft get` */
import type { Draft } from '@cloudflow/sdk/client/index.ts';
import { definitionText } from '../../definition/definition-text.ts';
import type { Fields } from '../../output/output.ts';
import { agoText } from '../../output/time-text.ts';
import { command } from '../../program/command.ts';
import { flag, integerOption, required } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName, withWorkflow } from '../../server/names.ts';

export const getCommand = command({
  name: 'get',
  summary: 'Show the draft of a workflow, and what is wrong with it',
  description: 'Where no draft was ever saved it is the current version, as revision 0.',
  arguments: { workflow: required('Its name.') },
  options: {
    revision: integerOption('<number>', 'An earlier one, of `cloudflow draft history`.', {
      least: 1,
      most: 999_999_999,
    }),
    definition: flag('Only its definition, as a file that `cloudflow draft save` takes: YAML, or JSON with -o json.'),
  },
  examples: [
    { line: 'cloudflow draft get order', text: 'its state, and what is wrong' },
    { line: 'cloudflow draft get order --definition > order.yaml', text: 'to work on it in a file' },
    {
      line: 'cloudflow draft get order --revision 3 --definition | cloudflow draft save -',
      text: 'back to what was saved before',
    },
  ],
  async run({ context, args, options: { revision, definition } }) {
    const client = clientOf(context);
    const named = parseWorkflowName(args.workflow);
    const draft = await withWorkflow<Shown>(client, named, () =>
      revision === undefined
        ? client.workflows.draft(named.name)
        : client.workflows.draftRevision(named.name, String(revision)),
    );
    const { output } = context;
    if (definition === true)
      output.text(definitionText(draft.definition, /^jsonl?$/.test(output.form) ? 'json' : 'yaml'));
    else output.item(draft, fieldsOf(draft, Date.now()));
    return undefined;
  },
});

type Shown = Pick<Draft, 'revision' | 'etag' | 'saved_at' | 'saved_by' | 'based_on' | 'published_as' | 'definition'> &
  Partial<Draft>;

function fieldsOf(draft: Shown, now: number): Fields {
  const { errors = [], warnings = [], current_version: current, based_on: base } = draft;
  const isBehind = current !== undefined && current !== base;
  return [
    ['workflow', String(draft.definition['workflow_id'] ?? '')],
    ['version', String(draft.definition['version'] ?? '')],
    ['revision', draft.revision],
    ['saved', `${draft.saved_at} (${agoText(draft.saved_at, now)})`],
    ['saved by', draft.saved_by],
    ['based on', base],
    ['current', isBehind ? `${current}, published while it was worked on` : null],
    ['published as', draft.published_as],
    ['etag', draft.etag],
    ['valid', draft.valid === undefined ? null : draft.valid ? 'yes' : 'no'],
    ...errors.map(({ pointer, message }) => ['error', `${pointer} ${message}`] as const),
    ...warnings.map(({ pointer, message }) => ['warning', `${pointer} ${message}`] as const),
  ];
}
