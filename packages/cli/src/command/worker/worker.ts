/** `cloudflow worker`: runs the actions of a folder. */
import { createWorker } from '@cloudflow/sdk/worker/index.ts';
import { usageFailure } from '../../failure/failure.ts';
import { plainText } from '../../output/plain-text.ts';
import { command } from '../../program/command.ts';
import { integerOption, optional, textOption } from '../../program/option.ts';
import { findActionFiles, loadActions } from '../../project/action-files.ts';
import { lendOwnPackages } from '../../project/own-packages.ts';
import { apiKeyOf } from '../../server/api-key.ts';

export const workerCommand = command({
  name: 'worker',
  summary: 'Run the actions of a folder for the server',
  description:
    'Takes tasks of the types that the files `*.action.ts` of the folder declare. Ctrl-C takes nothing more, and waits for what ' +
    'runs.',
  arguments: { folder: optional('Where the actions are; `actions` of cloudflow.yaml, else ./actions.') },
  options: {
    concurrency: integerOption('<number>', 'Tasks at once.', { least: 1, most: 1_000, preset: 10 }),
    name: textOption('<text>', 'By which people see it.'),
  },
  examples: [{ line: 'cloudflow worker ./actions --concurrency 20', text: 'beside the server, or on another machine' }],
  async run({ context, args, options: { concurrency, name } }) {
    const { settings, world, messages, signal } = context;
    const files = await findActionFiles(settings.project.folder, args.folder ?? settings.project.actions);
    if (files.length === 0)
      throw usageFailure(`There is no *.action.ts in ${args.folder ?? settings.project.actions}.`);
    lendOwnPackages();
    const actions = await loadActions(files);
    const say = (fields: Readonly<Record<string, unknown>>, message: string) => {
      const { error, ...rest } = fields;
      const why = error instanceof Error ? ` ${error.message}` : '';
      world.stderr.write(
        `${plainText(`${message}${why} ${Object.keys(rest).length === 0 ? '' : JSON.stringify(rest)}`)}\n`,
      );
    };
    messages.say(`Working for ${settings.url.value}: ${actions.map(({ type }) => type).join(', ')}.`);
    const debug = (fields: Readonly<Record<string, unknown>>, message: string) =>
      messages.detail(`${message} ${JSON.stringify(fields)}`);
    const worker = createWorker({
      url: settings.url.value,
      apiKey: apiKeyOf(settings),
      actions,
      signal,
      logger: { debug, info: say, warn: say },
      ...(concurrency !== undefined && { concurrency }),
      ...(name !== undefined && { name }),
    });
    await worker.run();
    return signal.aborted ? 'interrupted' : 'ok';
  },
});
