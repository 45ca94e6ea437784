/** `cloudflow run explain` */
import type { Explanation } from '@cloudflow/sdk/client/index.ts';
import type { Fields } from '../../output/output.ts';
import { command } from '../../program/command.ts';
import { required } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { findRun } from '../../server/names.ts';

export const explainCommand = command({
  name: 'explain',
  summary: 'Say why a run does not move, or why it ended',
  arguments: { run: required('Its id, or the beginning of it.') },
  examples: [{ line: 'cloudflow run explain 019ab3f2', text: 'what it waits for, and what would end the wait' }],
  async run({ context, args }) {
    const client = clientOf(context);
    const explanation = await client.executions.explain(await findRun(client, args.run));
    context.output.item(explanation, fieldsOf(explanation));
    return undefined;
  },
});

function fieldsOf({ execution_id, status, summary, waits, executing, held }: Explanation): Fields {
  return [
    ['run', execution_id],
    ['status', status],
    ['summary', summary],
    ...waits.map(({ text, unblocked_by }) => ['waits', `${text}\n${unblocked_by}`] as const),
    ...executing.map(({ text }) => ['executes', text] as const),
    ...held.map(({ text, unblocked_by }) => ['held', `${text}\n${unblocked_by}`] as const),
  ];
}
