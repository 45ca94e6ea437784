/** `cloudflow dev`: everything that is needed while somebody writes workflows and actions. */
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { failureText } from '../../failure/report.ts';
import { toFailure } from '../../failure/to-failure.ts';
import { plainPaint } from '../../output/paint.ts';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { integerOption } from '../../program/option.ts';
import { findActionFiles } from '../../project/action-files.ts';
import { ensureServer } from './own-server.ts';
import { createPublisher } from './publish-changes.ts';
import { spawnOurselves } from './spawn-ourselves.ts';

/** An editor writes a file in several moves. */
const settleMs = 150;

export const devCommand = command({
  name: 'dev',
  summary: 'Run the product for a project, and publish its workflows on each save',
  description:
    'Starts the product when none runs, with its data in .cloudflow of the project. Workflows of the project are published as ' +
    'they are saved, under a version that ends in what they hold (`1.0.0-dev.3f9c2a1b`), so that `version` need not be raised; its ' +
    'actions run in a worker that is restarted when they change. Commands given in the project mean this server, while it runs.',
  options: {
    port: integerOption('<port>', 'Port of the product when it is started here.', { most: 65_535, preset: 8080 }),
  },
  examples: [{ line: 'cloudflow dev', text: 'in a folder that `cloudflow init` made' }],
  async run({ context, options: { port = 8080 } }) {
    const server = await ensureServer(context, port);
    try {
      await work(server.context);
    } finally {
      await server.stop();
    }
    return undefined;
  },
});

async function work(context: Context): Promise<void> {
  const { settings, signal, messages } = context;
  const { folder, workflows, actions } = settings.project;
  const publish = createPublisher(context, join(folder, workflows));
  const worker = createWorkerProcess(context);
  const report = (error: unknown) => messages.warn(failureText(toFailure(error, settings.url.value), plainPaint));
  const run = async (isOfActions: boolean) => {
    // The types of actions are known to the server once the worker has told them.
    if (isOfActions) await worker.restart();
    await publish();
  };
  await run(true).catch(report);
  messages.say(`Watching ${workflows} and ${actions} of ${folder}. Ctrl-C ends.`);
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let last = Promise.resolve();
  const settle = () => {
    const isOfActions = changed.has(actions);
    changed = new Set();
    // One after the other: a save in the middle of a publish is published after it.
    last = last.then(() => run(isOfActions)).catch(report);
  };
  for (const name of new Set([workflows, actions])) {
    if (!existsSync(join(folder, name))) continue;
    watch(join(folder, name), { recursive: true, signal }, () => {
      changed.add(name);
      clearTimeout(timer);
      timer = setTimeout(settle, settleMs);
    }).on('error', report);
  }
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  clearTimeout(timer);
  await last;
  await worker.stop();
}

function createWorkerProcess({ settings, world, messages }: Context) {
  const { folder, actions } = settings.project;
  let running: ReturnType<typeof spawnOurselves> | null = null;
  const stop = async () => {
    await running?.stop();
    running = null;
  };
  return {
    stop,
    async restart() {
      await stop();
      if ((await findActionFiles(folder, actions)).length === 0) return;
      running = spawnOurselves(['worker', join(folder, actions), '--name', 'dev'], {
        cwd: folder,
        environment: {
          ...world.environment,
          CLOUDFLOW_URL: settings.url.value,
          CLOUDFLOW_API_KEY: settings.apiKey?.value,
        },
        readyLine: /takes tasks/,
        onLine: (line) => messages.say(`worker: ${line}`),
      });
      await running.ready;
    },
  };
}
