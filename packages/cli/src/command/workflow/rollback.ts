/** `cloudflow workflow rollback` */

import { usageFailure } from '../../failure/failure.ts';
import { command } from '../../program/command.ts';
import { required, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName, withWorkflow } from '../../server/names.ts';

export const rollbackCommand = command({
  name: 'rollback',
  summary: 'Make an earlier version the one that new runs take',
  description: 'What is running stays on its version.',
  arguments: { workflow: required('name@version: where to go back to.') },
  options: { reason: textOption('<text>', 'Why; it stands in the list of publications.') },
  examples: [{ line: 'cloudflow workflow rollback order@1.0.0 --reason "wrong totals"', text: 'to 1.0.0' }],
  async run({ context, args, options: { reason } }) {
    const client = clientOf(context);
    const named = parseWorkflowName(args.workflow);
    const { name, version } = named;
    if (version === undefined) {
      throw usageFailure(
        'Which version is it to be?',
        `Write ${name}@<version>; \`cloudflow workflow get ${name} --versions\` lists them.`,
      );
    }
    const row = await withWorkflow(client, named, () =>
      client.workflows.rollback(name, { version, ...(reason !== undefined && { reason }) }),
    );
    context.output.item(row, [
      ['workflow', row.workflow_id],
      ['version', row.version],
      ['status', row.status],
    ]);
    return undefined;
  },
});
