/** `cloudflow workflow get` */
import { agoText } from '../../output/time-text.ts';
import { command } from '../../program/command.ts';
import { flag, required } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName } from '../../server/names.ts';
import { readWorkflow } from '../../server/read-workflow.ts';
import { takeRows } from '../../server/take-rows.ts';

export const getCommand = command({
  name: 'get',
  summary: 'Show a workflow',
  description: 'Its definition alone is what `cloudflow workflow export` prints.',
  arguments: { workflow: required('Its name, or name@version.') },
  options: { versions: flag('List its versions, newest first.') },
  examples: [
    { line: 'cloudflow workflow get order', text: 'the current version' },
    { line: 'cloudflow workflow get order --versions', text: 'all versions' },
  ],
  async run({ context, args, options }) {
    const client = clientOf(context);
    const named = parseWorkflowName(args.workflow);
    const workflow = await readWorkflow(client, named);
    const now = Date.now();
    if (options.versions === true) {
      const rows = await takeRows(context, undefined, (limit) => client.workflows.versions(named.name, { limit }));
      context.output.list(rows, [
        { title: 'version', value: ({ version }) => version },
        { title: 'published', value: ({ published_at }) => agoText(published_at, now) },
        { title: 'etag', value: ({ etag }) => etag },
      ]);
      return undefined;
    }
    const { definition, latest_execution: latest } = workflow;
    const { name, description, steps } = definition ?? {};
    context.output.item(workflow, [
      ['workflow', workflow.workflow_id],
      ['version', workflow.version ?? 'none is published'],
      ['status', workflow.status],
      ['name', typeof name === 'string' ? name : null],
      ['description', typeof description === 'string' ? description : null],
      ['steps', Array.isArray(steps) ? steps.length : null],
      ['published', workflow.published_at && `${workflow.published_at} (${agoText(workflow.published_at, now)})`],
      ['draft', workflow.unpublished_changes ? 'has changes that are not published' : null],
      ['etag', workflow.etag],
      ['latest run', latest ? `${latest['id']} ${latest['status']}` : null],
    ]);
    return undefined;
  },
});
