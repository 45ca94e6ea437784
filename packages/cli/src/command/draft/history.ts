/** `cloudflow draft history` */
import { agoText } from '../../output/time-text.ts';
import { command } from '../../program/command.ts';
import { integerOption, required } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName, withWorkflow } from '../../server/names.ts';
import { takeRows } from '../../server/take-rows.ts';

export const historyCommand = command({
  name: 'history',
  summary: 'List what was saved as a draft, newest first',
  description: 'The last 200 revisions are kept.',
  arguments: { workflow: required('Its name.') },
  options: { limit: integerOption('<number>', 'How many at most.', { least: 1, most: 200, preset: 50 }) },
  examples: [{ line: 'cloudflow draft history order', text: 'who saved it, and when' }],
  async run({ context, args, options: { limit } }) {
    const client = clientOf(context);
    const named = parseWorkflowName(args.workflow);
    const now = Date.now();
    const rows = await withWorkflow(client, named, () =>
      takeRows(context, limit, (size) => client.workflows.draftHistory(named.name, { limit: size })),
    );
    context.output.list(rows, [
      { title: 'revision', value: ({ revision }) => revision },
      { title: 'saved', value: ({ saved_at }) => agoText(saved_at, now) },
      { title: 'by', value: ({ saved_by }) => saved_by },
      { title: 'based on', value: ({ based_on }) => based_on },
      { title: 'published as', value: ({ published_as }) => published_as },
      { title: 'bytes', value: ({ size }) => size },
    ]);
    return undefined;
  },
});
