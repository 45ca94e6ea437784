/** `cloudflow run events`: the journal of a run, line by line. */
import { command } from '../../program/command.ts';
import { flag, listOption, required } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { findRun } from '../../server/names.ts';
import { eventWords } from './event-words.ts';

export const eventsCommand = command({
  name: 'events',
  summary: 'Print the journal of a run: what happened, oldest first',
  arguments: { run: required('Its id, or the beginning of it.') },
  options: {
    follow: flag('Go on until the run ends.', { short: 'f' }),
    step: listOption('<id>', 'Only what is about this step.'),
  },
  examples: [
    { line: 'cloudflow run events 019ab3f2', text: 'what there is' },
    {
      line: 'cloudflow run events 019ab3f2 --follow --step charge -o jsonl',
      text: 'as it comes, one event of JSON to a line',
    },
  ],
  async run({ context, args, options: { follow, step } }) {
    const client = clientOf(context);
    const id = await findRun(client, args.run);
    const events =
      follow === true
        ? client.executions.follow(id, { signal: context.signal })
        : client.executions.events(id, { limit: 200 });
    for await (const event of events) {
      if (step.length === 0 || step.includes(event.step_id ?? '')) context.output.event(event, eventWords(event));
    }
    return undefined;
  },
});
