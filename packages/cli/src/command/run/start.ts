/** `cloudflow run start` */
import type { Client } from '@cloudflow/sdk/client/index.ts';
import type { Ending } from '../../failure/exit-codes.ts';
import { usageFailure } from '../../failure/failure.ts';
import { readJsonArgument } from '../../input/json-argument.ts';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { durationOption, flag, integerOption, pairsOption, required, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { parseWorkflowName, withWorkflow } from '../../server/names.ts';
import { endingOfRun, printRun } from './run-view.ts';
import { watchRun } from './watch.ts';

const tenMinutes = 600_000;

export const startCommand = command({
  name: 'start',
  summary: 'Start a run of a workflow',
  description:
    'With --wait the run is waited for and printed: exit code 8 when it ended FAILED or CANCELLED, 7 when it has not ended ' +
    'in the time of --timeout. Who stops waiting does not stop the run.',
  arguments: { workflow: required('Its name, or name@version for another than the current version.') },
  options: {
    input: textOption('<json>', 'The input: JSON, @file (JSON or YAML), or - for stdin. {} when absent.', {
      short: 'i',
    }),
    wait: flag('Wait for its end, and print the run.', { short: 'w' }),
    watch: flag('Show its steps until it ends.'),
    timeout: durationOption('<duration>', 'How long to wait; 10m when absent.'),
    label: pairsOption('<name=value>', 'A label.'),
    key: textOption('<text>', 'Its business key.'),
    priority: integerOption('<1-5>', '1 is first.', { least: 1, most: 5 }),
    idempotencyKey: textOption('<text>', 'Names this start: a repeat with the same one is the same run.'),
  },
  examples: [
    { line: 'cloudflow run start onboarding --input @customer.json', text: 'start, and go on' },
    {
      line: 'cloudflow run start onboarding --wait -o json | jq .output',
      text: 'wait for its end, and take the output',
    },
    {
      line: 'echo \'{"total": 12}\' | cloudflow run start order@1.2.0 --input - --watch',
      text: 'one version, watched',
    },
  ],
  async run({ context, args, options }) {
    const workflow = parseWorkflowName(args.workflow);
    const { input: given, label: labels, key, priority, idempotencyKey, wait, watch } = options;
    if (options.timeout !== undefined && wait !== true) throw usageFailure('--timeout is for --wait.');
    const input = given === undefined ? undefined : await readJsonArgument(given, '--input', context.world);
    const client = clientOf(context);
    const {
      execution_id: id,
      status,
      links,
    } = await withWorkflow(client, workflow, () =>
      client.workflows.execute(
        workflow.name,
        {
          ...(input !== undefined && { input }),
          ...(workflow.version !== undefined && { version: workflow.version }),
          ...(Object.keys(labels).length > 0 && { labels }),
          ...(key !== undefined && { business_key: key }),
          ...(priority !== undefined && { priority }),
        },
        idempotencyKey === undefined ? {} : { idempotencyKey },
      ),
    );
    if (watch === true) return watchRun(context, client, id);
    if (wait === true) return waitForRun(context, client, { id, timeoutMs: options.timeout ?? tenMinutes });
    context.output.item({ execution_id: id, status, links }, [
      ['run', id],
      ['status', status],
    ]);
    context.messages.say(`Follow it with \`cloudflow run watch ${id}\`.`);
    return undefined;
  },
});

/** Prints the run as it ended. */
export async function waitForRun(
  context: Context,
  client: Client,
  { id, timeoutMs }: { readonly id: string; readonly timeoutMs: number },
): Promise<Ending> {
  context.messages.say(`Waiting for run ${id}.`);
  const run = await client.executions.wait(id, { timeoutMs, signal: context.signal });
  printRun(context.output, run, Date.now());
  return endingOfRun(run);
}
