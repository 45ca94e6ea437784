/** One command to some runs, each by its id. */
import type { Client } from '@cloudflow/sdk/client/index.ts';
import type { Ending } from '../../failure/exit-codes.ts';
import { mustConfirm } from '../../input/confirm.ts';
import type { Context } from '../../program/context.ts';
import { clientOf } from '../../server/client.ts';
import { findRun } from '../../server/names.ts';

export type RunsCommand = {
  readonly verb: 'cancel' | 'pause' | 'resume';
  readonly runs: readonly string[];
  readonly reason: string | undefined;
  /** What cannot be taken back is asked for first. */
  readonly asks?: boolean;
  readonly dryRun?: boolean;
};

const done = { cancel: 'is asked to end', pause: 'is held', resume: 'goes on' };

export async function commandRuns(context: Context, asked: RunsCommand): Promise<Ending | undefined> {
  const client = clientOf(context);
  // All are found before anything is done to one: a slip in the last id leaves the others alone.
  const ids = await Promise.all(asked.runs.map((each) => findRun(client, each)));
  if (asked.dryRun === true) return preview(context, client, { ids, verb: asked.verb });
  if (asked.asks === true)
    await mustConfirm(context, `${capital(asked.verb)} ${ids.length} ${ids.length === 1 ? 'run' : 'runs'}?`);
  for (const id of ids) {
    const told = await client.executions[asked.verb](id, asked.reason === undefined ? {} : { reason: asked.reason });
    context.output.event(told, id);
    context.messages.detail(`run ${id} ${done[asked.verb]}`);
  }
  context.messages.say(`${ids.length} ${ids.length === 1 ? 'run' : 'runs'}: ${done[asked.verb]}.`);
  return undefined;
}

type Asked = { readonly ids: readonly string[]; readonly verb: string };

async function preview({ output, messages }: Context, client: Client, { ids, verb }: Asked): Promise<undefined> {
  const runs = await Promise.all(ids.map((id) => client.executions.get(id)));
  for (const { id, status, workflow_id } of runs)
    output.event({ id, workflow_id, status }, `${id}  ${workflow_id}  ${status}`);
  const open = runs.filter(({ finished_at }) => finished_at === null).length;
  messages.say(`Would ${verb} ${open} of ${runs.length}: the others have ended. Nothing was done.`);
  return undefined;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
