/** `cloudflow workflow delete` */
import { mustConfirm } from '../../input/confirm.ts';
import { command } from '../../program/command.ts';
import { flag, several } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName } from '../../server/names.ts';
import { readWorkflow } from '../../server/read-workflow.ts';

export const deleteCommand = command({
  name: 'delete',
  summary: 'Delete workflows; what is running runs to its end',
  arguments: { workflow: several('Names.') },
  options: { dryRun: flag('Only say which would be deleted.') },
  examples: [{ line: 'cloudflow workflow delete order --yes', text: 'without a question, in a script' }],
  async run({ context, args, options }) {
    const client = clientOf(context);
    const found = await Promise.all(args.workflow.map((each) => readWorkflow(client, parseWorkflowName(each))));
    if (options.dryRun === true) {
      for (const { workflow_id, version } of found) context.output.event({ workflow_id, version }, workflow_id);
      context.messages.say('Nothing was deleted.');
      return undefined;
    }
    await mustConfirm(
      context,
      `Delete ${found.length} ${found.length === 1 ? 'workflow' : 'workflows'}, with all versions?`,
    );
    for (const { workflow_id, etag } of found) {
      // Not what somebody has published since the question was asked.
      await client.workflows.delete(workflow_id, { ifMatch: etag });
      context.messages.say(`${workflow_id} is deleted.`);
    }
    return undefined;
  },
});
