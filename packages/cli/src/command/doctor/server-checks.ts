/** What `cloudflow doctor` asks of the server. */
import { isJsonObject, type Json } from '@cloudflow/core/json.ts';
import type { Context } from '../../program/context.ts';
import { type Answer, callServer } from '../../server/call.ts';
import { isReadByOthers, profilesPath } from '../../settings/profiles.ts';
import { version } from '../../version.ts';
import { checkClock, type Finding } from './checks.ts';

const longestMs = 5_000;

export async function checkServer(context: Context): Promise<readonly Finding[]> {
  const { value: url, source } = context.settings.url;
  const ask = (path: string) => callServer(context, { method: 'GET', path, isPublic: true, timeoutMs: longestMs });
  let ready: Answer;
  try {
    ready = await ask('/readyz');
  } catch (error) {
    context.signal.throwIfAborted();
    const found = `${error instanceof Error ? error.message : error} (address from the ${source})`;
    return [
      {
        check: 'server',
        status: 'fail',
        found,
        remedy: 'Start it with `cloudflow start`, or name another with --url.',
      },
    ];
  }
  const root = await ask('/');
  const date = ready.headers.get('date');
  return [
    readiness(url, ready),
    ...(date === null ? [] : [checkClock('clock of the server', Date.parse(date))]),
    versions(jsonIn(root.text)),
    await checkKey(context),
  ];
}

function readiness(url: string, { status, text }: Answer): Finding {
  const report = jsonIn(text);
  if (status === 200 && isJsonObject(report)) return { check: 'server', status: 'ok', found: `${url} is ready` };
  const parts = isJsonObject(report) && isJsonObject(report['parts']) ? Object.entries(report['parts']) : [];
  const ill = parts.flatMap(([name, part]) =>
    isJsonObject(part) && part['ok'] === false ? [`${name}: ${part['reason'] ?? 'not well'}`] : [],
  );
  const found =
    ill.length === 0 ? `${url} answers ${status}: this is no CloudFlow` : `${url} is not ready: ${ill.join('; ')}`;
  return { check: 'server', status: 'fail', found, remedy: 'Look at its log, and whether the address is right.' };
}

function versions(root: Json | undefined): Finding {
  const theirs = isJsonObject(root) ? root['version'] : undefined;
  if (theirs === version) return { check: 'versions', status: 'ok', found: `both are ${version}` };
  const found = `the server is ${theirs ?? 'unknown'}, this program ${version}`;
  return { check: 'versions', status: 'warn', found, remedy: 'Bring both to the same release.' };
}

async function checkKey(context: Context): Promise<Finding> {
  const { settings, world } = context;
  const check = 'key';
  const remedy = 'Log in with `cloudflow auth login`, or set CLOUDFLOW_API_KEY.';
  if (settings.apiKey === null)
    return { check, status: 'fail', found: `there is none for ${settings.url.value}`, remedy };
  const { status } = await callServer(context, {
    method: 'GET',
    path: '/api/v1/workflows?limit=1',
    timeoutMs: longestMs,
  });
  const where = `from the ${settings.apiKey.source}`;
  if (status === 401) return { check, status: 'fail', found: `${where}: the server does not take it`, remedy };
  if (status !== 200) return { check, status: 'warn', found: `${where}: it may not read workflows (${status})` };
  const path = profilesPath(world);
  if (await isReadByOthers(path, world.platform)) {
    return { check, status: 'warn', found: `${path} can be read by others`, remedy: `chmod 600 ${path}` };
  }
  return { check, status: 'ok', found: `${where}: it is good` };
}

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
