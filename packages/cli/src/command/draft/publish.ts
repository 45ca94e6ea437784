/** `cloudflow draft publish` */
import { command } from '../../program/command.ts';
import { required, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName, withWorkflow } from '../../server/names.ts';

export const publishCommand = command({
  name: 'publish',
  summary: 'Publish the draft: it becomes the version that new runs take',
  description: 'What is wrong with it is refused with exit code 5, and nothing is published.',
  arguments: { workflow: required('Its name.') },
  options: {
    asVersion: textOption('<version>', 'In place of the version that the draft names.'),
    ifMatch: textOption('<etag>', 'Only when the draft is still the one with this ETag.'),
  },
  examples: [
    { line: 'cloudflow draft publish order', text: 'under the version that it names' },
    { line: 'cloudflow draft publish order --as-version 1.1.0', text: 'under another one' },
  ],
  async run({ context, args, options: { asVersion, ifMatch } }) {
    const client = clientOf(context);
    const named = parseWorkflowName(args.workflow);
    const made = await withWorkflow(client, named, () =>
      client.workflows.publish(
        named.name,
        asVersion === undefined ? {} : { version: asVersion },
        ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } },
      ),
    );
    for (const { pointer, message } of made.warnings) context.messages.warn(`${pointer} ${message}`);
    context.output.item(made, [
      ['workflow', made.workflow_id],
      ['version', made.version],
      ['status', made.status],
      ['etag', made.etag],
    ]);
    return undefined;
  },
});
