/** `cloudflow run steps` */
import type { Step } from '@cloudflow/sdk/client/index.ts';
import type { Column } from '../../output/table.ts';
import { durationText } from '../../output/time-text.ts';
import { command } from '../../program/command.ts';
import { required } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { findRun } from '../../server/names.ts';
import { takeRows } from '../../server/take-rows.ts';
import { statusStyle } from './run-view.ts';

export const stepsCommand = command({
  name: 'steps',
  summary: 'List the steps of a run, in the order of the definition',
  arguments: { run: required('Its id, or the beginning of it.') },
  examples: [{ line: "cloudflow run steps 019ab3f2 -o json | jq '.[].output'", text: 'what each step gave' }],
  async run({ context, args }) {
    const client = clientOf(context);
    const id = await findRun(client, args.run);
    const rows = await takeRows(context, undefined, (limit) => client.executions.steps(id, { limit }));
    context.output.list(rows, stepColumns);
    return undefined;
  },
});

const stepColumns: readonly Column<Step>[] = [
  { title: 'step', value: ({ path, round }) => (round > 0 ? `${path} (round ${round + 1})` : path) },
  { title: 'type', value: ({ type }) => type },
  { title: 'status', value: ({ status }) => status, style: ({ status }) => statusStyle(status) },
  { title: 'attempt', value: ({ attempt }) => attempt },
  { title: 'took', value: ({ duration_ms }) => durationText(duration_ms) },
  { title: 'output', value: ({ output, error }) => error?.message ?? (output === null ? '' : JSON.stringify(output)) },
];
