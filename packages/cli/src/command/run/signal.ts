/** `cloudflow run signal` */
import { readJsonArgument } from '../../input/json-argument.ts';
import { command } from '../../program/command.ts';
import { required, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { findRun } from '../../server/names.ts';

export const signalCommand = command({
  name: 'signal',
  summary: 'Send a signal to a run',
  description:
    'A step that waits for it takes it; when none does, it is kept until one will. Sent twice it is two signals.',
  arguments: { run: required('Its id, or the beginning of it.'), name: required('Of the signal.') },
  options: { payload: textOption('<json>', 'JSON, @file, or - for stdin. null when absent.') },
  examples: [{ line: 'cloudflow run signal 019ab3f2 approved --payload \'{"by": "ann"}\'', text: 'with a payload' }],
  async run({ context, args, options: { payload } }) {
    const client = clientOf(context);
    const value = payload === undefined ? undefined : await readJsonArgument(payload, '--payload', context.world);
    const id = await findRun(client, args.run);
    const told = await client.executions.signal(id, args.name, value === undefined ? {} : { payload: value });
    context.output.item(told, [['run', id]]);
    context.messages.say(`The signal ${args.name} is kept for run ${id}.`);
    return undefined;
  },
});
