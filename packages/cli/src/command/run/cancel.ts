/** `cloudflow run cancel` */
import { command } from '../../program/command.ts';
import { flag, several, textOption } from '../../program/option.ts';
import { commandRuns } from './command-runs.ts';

export const cancelCommand = command({
  name: 'cancel',
  summary: 'Ask runs to end as CANCELLED',
  description:
    'What they have done is compensated where the workflow says how. `cloudflow operation start cancel` does it to all that a filter finds.',
  arguments: { run: several('Ids, or beginnings of them.') },
  options: {
    reason: textOption('<text>', 'Why; it stands in the journal.'),
    dryRun: flag('Only say which would be cancelled.'),
  },
  examples: [
    { line: 'cloudflow run cancel 019ab3f2 --reason "wrong address"', text: 'asks before it does so' },
    { line: 'cloudflow run cancel 019ab3f2 019ab3f7 --yes', text: 'without a question, in a script' },
  ],
  run: ({ context, args: { run }, options: { reason, dryRun } }) =>
    commandRuns(context, { verb: 'cancel', runs: run, reason, asks: true, dryRun: dryRun === true }),
});
