/** `cloudflow run retry` */
import type { RetryPreview } from '@cloudflow/sdk/client/index.ts';
import { readJsonArgument } from '../../input/json-argument.ts';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { choiceOption, durationOption, flag, required, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { findRun } from '../../server/names.ts';
import { waitForRun } from './start.ts';
import { watchRun } from './watch.ts';

const tenMinutes = 600_000;

export const retryCommand = command({
  name: 'retry',
  summary: 'Retry a run that has ended, as a new run',
  description:
    'The new run takes over what the steps before gave. --dry-run says which steps would run again, and starts nothing.',
  arguments: { run: required('Its id, or the beginning of it.') },
  options: {
    from: textOption('<where>', '`failed`, `start`, or a step: that step and all that depends on it.', {
      preset: 'failed',
    }),
    version: choiceOption(['same', 'latest'], 'Which version of the workflow; `same` when absent.'),
    input: textOption('<json>', 'In place of its input: JSON, @file, or - for stdin.'),
    keepEffectKeys: flag('Steps that run again send the idempotency keys that they sent before.'),
    force: flag('Take over also what was undone when the run ended.'),
    dryRun: flag('Only say what would run.'),
    wait: flag('Wait for the end of the new run, and print it.', { short: 'w' }),
    watch: flag('Show its steps until it ends.'),
    timeout: durationOption('<duration>', 'How long to wait; 10m when absent.'),
  },
  examples: [
    { line: 'cloudflow run retry 019ab3f2 --dry-run', text: 'what would run again' },
    { line: 'cloudflow run retry 019ab3f2 --version latest --watch', text: 'with the corrected workflow' },
    { line: 'cloudflow run retry 019ab3f2 --from charge --wait', text: 'from a step on' },
  ],
  async run({ context, args, options }) {
    const client = clientOf(context);
    const { from = 'failed', version, input: given, keepEffectKeys, force, dryRun, wait, watch, timeout } = options;
    const input = given === undefined ? undefined : await readJsonArgument(given, '--input', context.world);
    const id = await findRun(client, args.run);
    const asked = {
      from,
      ...(version !== undefined && { version }),
      ...(input !== undefined && { input }),
      ...(keepEffectKeys === true && { keep_effect_keys: true }),
      ...(force === true && { force: true }),
    };
    if (dryRun === true) {
      printPreview(context, await client.executions.previewRetry(id, asked));
      return undefined;
    }
    const started = await client.executions.retry(id, asked);
    if (watch === true) return watchRun(context, client, started.execution_id);
    if (wait === true)
      return waitForRun(context, client, { id: started.execution_id, timeoutMs: timeout ?? tenMinutes });
    context.output.item(started, [
      ['run', started.execution_id],
      ['status', started.status],
      ['retry of', id],
    ]);
    return undefined;
  },
});

function printPreview({ output, messages }: Context, preview: RetryPreview): void {
  const { runs, runs_count, adopted_count, version, warnings } = preview;
  for (const { message } of warnings) messages.warn(message);
  if (output.isForPeople) {
    output.list(runs, [
      { title: 'step', value: ({ path }) => path },
      { title: 'type', value: ({ type }) => type },
      { title: 'runs', value: ({ how }) => how.replace('_', ' ') },
    ]);
  } else output.item(preview, []);
  messages.say(
    `${runs_count} ${runs_count === 1 ? 'step' : 'steps'} would run with version ${version}; ${adopted_count} taken over. Nothing was started.`,
  );
}
