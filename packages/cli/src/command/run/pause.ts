/** `cloudflow run pause` and `cloudflow run resume` */
import { command } from '../../program/command.ts';
import { several, textOption } from '../../program/option.ts';
import { commandRuns } from './command-runs.ts';

const args = { run: several('Ids, or beginnings of them.') };
const reason = textOption('<text>', 'Why; it stands in the journal.');

export const pauseCommand = command({
  name: 'pause',
  summary: 'Hold runs: nothing of them begins until they are resumed',
  arguments: args,
  options: { reason },
  examples: [{ line: 'cloudflow run pause 019ab3f2 --reason "the bank is down"', text: 'with a reason' }],
  run: ({ context, args: { run }, options }) =>
    commandRuns(context, { verb: 'pause', runs: run, reason: options.reason }),
});

export const resumeCommand = command({
  name: 'resume',
  summary: 'Let paused runs go on',
  arguments: args,
  options: { reason },
  examples: [{ line: 'cloudflow run resume 019ab3f2', text: 'one run' }],
  run: ({ context, args: { run }, options }) =>
    commandRuns(context, { verb: 'resume', runs: run, reason: options.reason }),
});
