/** `cloudflow operation`: one action on all runs that a filter finds, done by the server. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Client, Operation } from '@cloudflow/sdk/client/index.ts';
import type { Ending } from '../../failure/exit-codes.ts';
import { usageFailure } from '../../failure/failure.ts';
import { mustConfirm } from '../../input/confirm.ts';
import { type CommandGroup, command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { choiceArgument, choiceOption, flag, required, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { filterOf, filterOptions, type RunFilter } from '../run/filter.ts';

const actions = ['cancel', 'pause', 'resume', 'retry'] as const;
const lookMs = 500;

const startCommand = command({
  name: 'start',
  summary: 'Cancel, pause, resume or retry all runs that a filter finds',
  description:
    'Runs to which the action cannot apply are passed over, and runs that begin later are not touched. It goes on when the server is restarted.',
  arguments: { action: choiceArgument(actions, 'What is done.') },
  options: {
    ...filterOptions,
    reason: textOption('<text>', 'Why; it stands in the journals.'),
    from: choiceOption(['failed', 'start'], 'Where a retry begins; `failed` when absent.'),
    version: choiceOption(['same', 'latest'], 'Which version a retry runs; `same` when absent.'),
    dryRun: flag('Only say how many runs the filter finds.'),
    wait: flag('Wait until it is done.', { short: 'w' }),
  },
  examples: [
    {
      line: 'cloudflow operation start retry --workflow order --status FAILED --since 2h --version latest',
      text: 'after a correction',
    },
    { line: 'cloudflow operation start cancel --label region=eu --dry-run', text: 'how many it would be' },
  ],
  async run({ context, args: { action }, options: { reason, from, version, dryRun, wait, ...given } }) {
    const filter = filterOf(given, Date.now());
    if (Object.keys(filter).length === 0)
      throw usageFailure('Name at least one filter.', 'For all runs there are: --since 3650d.');
    const client = clientOf(context);
    const found = await countRuns(client, filter);
    if (dryRun === true) {
      context.output.item({ action, filter, matched: found.count, capped: found.capped }, [['runs', found.text]]);
      return undefined;
    }
    await mustConfirm(context, `${action} ${found.text} runs, as far as it applies to them?`);
    const { id } = await client.executions.bulk({
      action,
      filter,
      ...(reason !== undefined && { reason }),
      ...(from !== undefined && { from }),
      ...(version !== undefined && { version }),
    });
    if (wait === true) return waitForOperation(context, client, id);
    print(context, await client.operations.get(id));
    context.messages.say(`See how far it is with \`cloudflow operation get ${id}\`.`);
    return undefined;
  },
});

const getCommand = command({
  name: 'get',
  summary: 'See how far an operation is',
  arguments: { operation: required('Its id.') },
  options: { wait: flag('Wait until it is done.', { short: 'w' }) },
  examples: [{ line: 'cloudflow operation get 019ab3f2-7c11-7d3e-9f00-0123456789ab --wait', text: 'until it is done' }],
  async run({ context, args: { operation }, options: { wait } }) {
    const client = clientOf(context);
    if (wait === true) return waitForOperation(context, client, operation);
    print(context, await client.operations.get(operation));
    return undefined;
  },
});

const cancelCommand = command({
  name: 'cancel',
  summary: 'End an operation before it has come to all runs',
  description: 'What it has done stays done.',
  arguments: { operation: required('Its id.') },
  examples: [
    { line: 'cloudflow operation cancel 019ab3f2-7c11-7d3e-9f00-0123456789ab', text: 'what is left is left alone' },
  ],
  async run({ context, args: { operation } }) {
    print(context, await clientOf(context).operations.cancel(operation));
    return undefined;
  },
});

export const operationCommands: CommandGroup = {
  name: 'operation',
  summary: 'Do one thing to all runs that a filter finds',
  commands: [startCommand, getCommand, cancelCommand],
};

async function countRuns(client: Client, filter: RunFilter) {
  const { by_status: counts } = await client.executions.stats(filter);
  const all = Object.values(counts);
  const count = all.reduce((sum, each) => sum + each.count, 0);
  const capped = all.some((each) => each.capped);
  return { count, capped, text: `${capped ? 'more than ' : ''}${count}` };
}

async function waitForOperation(context: Context, client: Client, id: string): Promise<Ending> {
  for (;;) {
    const operation = await client.operations.get(id);
    if (operation.status !== 'RUNNING') {
      print(context, operation);
      return operation.failed > 0 ? 'error' : 'ok';
    }
    await delay(lookMs, undefined, { signal: context.signal });
  }
}

function print({ output }: Context, operation: Operation): void {
  const { id, action, status, matched, done, failed, errors } = operation;
  output.item(operation, [
    ['operation', id],
    ['action', action],
    ['status', status],
    ['runs', matched],
    ['done', done],
    ['failed', failed],
    ...errors.map(({ execution_id, code }) => ['', `${execution_id}  ${code}`] as const),
  ]);
}
