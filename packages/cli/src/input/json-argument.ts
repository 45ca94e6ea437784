/** JSON as it is given on a command line: written out, `@file`, or `-` for stdin. A file may be YAML. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Json } from '@cloudflow/core/json.ts';
import { parse } from 'yaml';
import { Failure, usageFailure } from '../failure/failure.ts';
import type { World } from '../world.ts';

export async function readJsonArgument(given: string, option: string, world: World): Promise<Json> {
  if (given === '-') return parseJson(await readStdin(world, option), 'stdin');
  if (!given.startsWith('@')) return parseJson(given, option);
  const path = resolve(world.cwd, given.slice(1));
  const text = await readTextFile(path);
  return /\.ya?ml$/i.test(path) ? parseYaml(text, path) : parseJson(text, path);
}

export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read: ${message}`;
    throw new Failure(`${path} ${why}.`, { ending: 'usage', code: 'usage', cause: error });
  }
}

/** All of stdin. A person at a terminal who is waited for without a word would think that the program hangs. */
export async function readStdin({ stdin, stderr }: World, what: string): Promise<string> {
  if (stdin.isTTY === true) stderr.write(`Reading ${what} from the terminal; end with Ctrl-D.\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

export function parseJson(text: string, source: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw usageFailure(
      `${source} is not JSON: ${error instanceof Error ? error.message : error}.`,
      'Write JSON, `@file` for a file, or `-` for stdin.',
    );
  }
}

function parseYaml(text: string, source: string): Json {
  try {
    return parse(text) as Json;
  } catch (error) {
    throw usageFailure(`${source} is not YAML: ${error instanceof Error ? error.message : error}.`);
  }
}
