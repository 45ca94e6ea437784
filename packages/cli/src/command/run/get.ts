/** `cloudflow run get` */
import { command } from '../../program/command.ts';
import { flag, required } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { findRun } from '../../server/names.ts';
import { printRun } from './run-view.ts';

export const getCommand = command({
  name: 'get',
  summary: 'Show a run',
  arguments: { run: required('Its id, or the beginning of it.') },
  options: { variables: flag('Its variables, too.') },
  examples: [{ line: 'cloudflow run get 019ab3f2 -o json', text: 'by the beginning of its id' }],
  async run({ context, args, options }) {
    const client = clientOf(context);
    const id = await findRun(client, args.run);
    const run = await client.executions.get(id, options.variables === true ? { include: 'variables' } : {});
    printRun(context.output, run, Date.now());
    return undefined;
  },
});
