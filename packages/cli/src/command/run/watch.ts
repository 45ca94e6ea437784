/** `cloudflow run watch`: follows a run to its end. */
import type { Client } from '@cloudflow/sdk/client/index.ts';
import type { Ending } from '../../failure/exit-codes.ts';
import { durationText } from '../../output/time-text.ts';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { required } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { findRun } from '../../server/names.ts';
import { eventWords } from './event-words.ts';
import { createLiveSteps } from './live-steps.ts';
import { endingOfRun } from './run-view.ts';

export const watchCommand = command({
  name: 'watch',
  summary: 'Follow a run to its end',
  description:
    'On a terminal a list of steps that moves; elsewhere a line for each event. Ends with exit code 8 when the run ended ' +
    'FAILED or CANCELLED. Ctrl-C ends the watching, not the run.',
  arguments: { run: required('Its id, or the beginning of it.') },
  examples: [{ line: 'cloudflow run watch 019ab3f2', text: 'until it ends' }],
  async run({ context, args }) {
    const client = clientOf(context);
    return watchRun(context, client, await findRun(client, args.run));
  },
});

export async function watchRun(context: Context, client: Client, id: string): Promise<Ending> {
  const { output, messages, signal, world } = context;
  messages.say(`Watching run ${id}.`);
  const isLive = output.isForPeople && world.stdout.isTTY === true;
  const live = isLive ? createLiveSteps(world.stdout, output.paint) : null;
  try {
    for await (const event of client.executions.follow(id, { signal })) {
      if (live === null) output.event(event, eventWords(event));
      else live.show(event);
    }
  } finally {
    live?.end();
  }
  const run = await client.executions.get(id);
  const { status, error, duration_ms } = run;
  const took = duration_ms === null ? '' : ` after ${durationText(duration_ms)}`;
  messages.say(`Run ${id} is ${status}${took}.`);
  if (error !== null) {
    messages.say(`${error.message} [${error.code}]${error.step === undefined ? '' : ` at step ${error.step}`}`);
    messages.say(
      `\`cloudflow run steps ${id}\` shows what each step gave; \`cloudflow run retry ${id}\` goes on from there.`,
    );
  }
  return endingOfRun(run);
}
