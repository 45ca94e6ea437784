/** `cloudflow workflow enable` and `cloudflow workflow disable` */
import { type Command, command } from '../../program/command.ts';
import { required } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName, withWorkflow } from '../../server/names.ts';

export const enableCommand = switchCommand('enable', 'Let a workflow start runs again');
export const disableCommand = switchCommand('disable', 'Refuse new runs of a workflow; those that run go on');

function switchCommand(verb: 'enable' | 'disable', summary: string): Command {
  return command({
    name: verb,
    summary,
    arguments: { workflow: required('Its name.') },
    examples: [{ line: `cloudflow workflow ${verb} order`, text: 'one workflow' }],
    async run({ context, args }) {
      const client = clientOf(context);
      const named = parseWorkflowName(args.workflow);
      const row = await withWorkflow(client, named, () => client.workflows[verb](named.name));
      context.output.item(row, [
        ['workflow', row.workflow_id],
        ['status', row.status],
      ]);
      return undefined;
    },
  });
}
