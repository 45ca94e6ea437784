/** The server that `cloudflow dev` works with: the one that runs, or one of its own. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../failure/failure.ts';
import type { Context } from '../../program/context.ts';
import { callServer } from '../../server/call.ts';
import { forgetDevelopmentServer, writeDevelopmentServer } from '../../settings/development-server.ts';
import { spawnOurselves } from './spawn-ourselves.ts';

export type DevServer = { readonly context: Context; stop(): Promise<void> };

const longestStartMs = 120_000;
const lookMs = 200;

export async function ensureServer(context: Context, port: number): Promise<DevServer> {
  if (await isReady(context)) {
    context.messages.say(`Working with the server at ${context.settings.url.value}.`);
    return { context, stop: async () => undefined };
  }
  const { source, value } = context.settings.url;
  if (source === 'default') return startServer(context, port);
  throw new Failure(`The server at ${value} (address from the ${source}) is not reachable.`, {
    ending: 'error',
    code: 'unreachable',
    remedy: 'Start it; or leave the address away, and one is started here.',
  });
}

async function startServer(context: Context, port: number): Promise<DevServer> {
  const { settings, world, messages, signal } = context;
  const { folder } = settings.project;
  const url = `http://127.0.0.1:${port}`;
  const apiKey = await developmentKey(join(folder, '.cloudflow', 'dev-key'));
  const own: Context = {
    ...context,
    settings: {
      ...settings,
      url: { value: url, source: 'development server' },
      apiKey: { value: apiKey, source: 'development server' },
    },
  };
  messages.say(`Starting the product on ${url}.`);
  const beside = spawnOurselves(['start', '--port', String(port), '--data-dir', join(folder, '.cloudflow')], {
    cwd: folder,
    environment: {
      ...world.environment,
      HOST: '127.0.0.1',
      CLOUDFLOW_LOG_LEVEL: 'warn',
      CLOUDFLOW_BOOTSTRAP_API_KEY: apiKey,
    },
    readyLine: /is ready on/,
    onLine: (line) => messages.say(`server: ${line}`),
  });
  let code: number | null | undefined;
  void beside.exited.then((each) => {
    code = each;
  });
  const until = Date.now() + longestStartMs;
  try {
    while (!(await isReady(own))) {
      if (code !== undefined || Date.now() > until) {
        throw new Failure('The product did not start.', {
          ending: 'error',
          code: 'not_started',
          remedy: 'Its lines above say why; `cloudflow doctor` looks closer.',
        });
      }
      await delay(lookMs, undefined, { signal });
    }
    await writeDevelopmentServer(folder, { url, apiKey, pid: process.pid });
  } catch (error) {
    await beside.stop();
    throw error;
  }
  return {
    context: own,
    async stop() {
      await forgetDevelopmentServer(folder);
      await beside.stop();
    },
  };
}

async function isReady(context: Context): Promise<boolean> {
  try {
    const { status } = await callServer(context, { method: 'GET', path: '/readyz', isPublic: true, timeoutMs: 5_000 });
    return status === 200;
  } catch (error) {
    if (context.signal.aborted) throw error;
    return false;
  }
}

/** The same at every start: the data of the project know it. */
async function developmentKey(path: string): Promise<string> {
  const kept = await readFile(path, 'utf8').catch(() => '');
  if (kept !== '') return kept.trim();
  const key = `cfk_live_${randomBytes(16).toString('hex')}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${key}\n`, { mode: 0o600 });
  return key;
}
