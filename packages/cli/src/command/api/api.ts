/** `cloudflow api`: any operation of the API, for what has no command of its own. */
import { isJsonObject, type Json } from '@cloudflow/core/json.ts';
import { usageFailure } from '../../failure/failure.ts';
import { readJsonArgument } from '../../input/json-argument.ts';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { flag, listOption, optional, required, textOption } from '../../program/option.ts';
import { callServer, jsonOf } from '../../server/call.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export const apiCommand = command({
  name: 'api',
  summary: 'Call any operation of the API',
  description:
    'The answer goes to stdout as it is. Without a method it is GET, and POST with --input. All operations are listed at /docs ' +
    'of the server.',
  arguments: {
    method: required(`${methods.join(', ')}; or the path.`),
    path: optional('Such as /v1/executions?status=FAILED.'),
  },
  options: {
    input: textOption('<json>', 'The body: JSON, @file, or - for stdin.'),
    header: listOption('<name:value>', 'A header of the request.', { short: 'H' }),
    paginate: flag('Follow a list to its end, and print all its rows as one.'),
  },
  examples: [
    { line: 'cloudflow api GET /v1/executions/stats', text: 'how many runs there are' },
    { line: 'cloudflow api POST /v1/events --input \'{"type":"order.paid"}\'', text: 'with a body' },
    { line: 'cloudflow api /v1/workflows --paginate -o jsonl', text: 'all rows of a list, one to a line' },
  ],
  async run({ context, args, options }) {
    const body =
      options.input === undefined ? undefined : await readJsonArgument(options.input, '--input', context.world);
    const { method, path } = readTarget(args.method, args.path, body);
    const call = { method, headers: readHeaders(options.header), ...(body !== undefined && { body }) };
    if (options.paginate === true) {
      print(context, await everyPage(context, path, call));
      return undefined;
    }
    const answer = await callServer(context, { ...call, path });
    const json = jsonOf(answer);
    if (json !== undefined) print(context, json);
    else if (answer.text !== '') context.output.text(answer.text);
    return undefined;
  },
});

/** Tables have columns, and nothing is known of these rows: JSON is what people get, too. */
function print({ output }: Context, json: Json): void {
  if (output.form === 'jsonl' && Array.isArray(json)) output.list(json as readonly Json[], []);
  else if (output.form === 'table') output.text(JSON.stringify(json, null, 2));
  else output.item(json, []);
}

function readTarget(first: string, second: string | undefined, body: Json | undefined) {
  const method = second === undefined ? (body === undefined ? 'GET' : 'POST') : first.toUpperCase();
  if (!methods.includes(method)) throw usageFailure(`"${first}" is no method.`, `There are ${methods.join(', ')}.`);
  const path = second ?? first;
  if (!path.startsWith('/')) throw usageFailure(`"${path}" is no path.`, 'Write it as /v1/workflows.');
  const known = /^\/(api\/v\d+|livez|readyz|metrics|docs|schemas)(\/|\?|$)/.test(path);
  const versioned = /^\/v\d+(\/|\?|$)/.test(path);
  return { method, path: known ? path : versioned ? `/api${path}` : `/api/v1${path}` };
}

function readHeaders(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((each) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(each) ?? [];
      if (name === undefined || value === undefined)
        throw usageFailure(`"${each}" is no header.`, 'Write it as Name: value.');
      return [name.toLowerCase(), value];
    }),
  );
}

type PageCall = { readonly method: string; readonly headers: Record<string, string> };

async function everyPage(context: Context, path: string, call: PageCall): Promise<readonly Json[]> {
  if (call.method !== 'GET') throw usageFailure('--paginate follows lists, which are read with GET.');
  const rows: Json[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const at = new URL(path, 'http://any');
    if (cursor !== '') at.searchParams.set('cursor', cursor);
    const page: Json | undefined = jsonOf(await callServer(context, { ...call, path: `${at.pathname}${at.search}` }));
    if (!isJsonObject(page) || !Array.isArray(page['data'])) throw usageFailure(`${path} is not a list.`);
    rows.push(...(page['data'] as readonly Json[]));
    cursor = typeof page['next_cursor'] === 'string' ? page['next_cursor'] : null;
  }
  return rows;
}
