/** `cloudflow run logs`: what actions and workers told while a run went on, and why tries failed. */

import { usageFailure } from '../../failure/failure.ts';
import { command } from '../../program/command.ts';
import { choiceOption, durationOption, flag, required, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { findRun } from '../../server/names.ts';
import { followLog, type LogLine } from './follow-log.ts';
import { logWords } from './log-words.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

export const logsCommand = command({
  name: 'logs',
  summary: 'Print what the steps of a run told, oldest first',
  description:
    'Lines of actions and workers, and why tries failed. What happened in the run itself is in `cloudflow run events`. With --follow ' +
    'lines are printed as they come, until the run has ended; Ctrl-C ends the following, not the run.',
  arguments: { run: required('Its id, or the beginning of it.') },
  options: {
    follow: flag('Go on until the run has ended.', { short: 'f' }),
    step: textOption('<path>', 'Only what this step told, by its path as `cloudflow run steps` shows it.'),
    level: choiceOption(levels, 'This level and those above it.'),
    timeout: durationOption(
      '<duration>',
      'How long to follow, before it ends with exit code 7; as long as it takes when absent.',
    ),
  },
  examples: [
    { line: 'cloudflow run logs 019ab3f2', text: 'what there is' },
    { line: 'cloudflow run logs 019ab3f2 --follow --level warn', text: 'warnings and errors, as they come' },
    {
      line: 'cloudflow run logs 019ab3f2 --step charge -o jsonl',
      text: 'one step, a line of JSON for each of its lines',
    },
  ],
  async run({ context, args, options: { follow, step, level, timeout } }) {
    if (timeout !== undefined && follow !== true) throw usageFailure('--timeout is for --follow.');
    const client = clientOf(context);
    const id = await findRun(client, args.run);
    const pages = client.executions.logs(id, {
      limit: 200,
      ...(step !== undefined && { step }),
      ...(level && { level }),
    });
    const isOver = async () => (await client.executions.get(id)).finished_at !== null;
    const lines: AsyncIterable<LogLine> =
      follow === true ? followLog(pages, { isOver, timeoutMs: timeout, signal: context.signal }) : pages;
    let told = 0;
    for await (const line of lines) {
      context.output.event(line, logWords(line));
      told += 1;
    }
    if (told === 0) context.messages.say('Nothing was told. `cloudflow run events` has what happened.');
    return undefined;
  },
});
