/** `cloudflow credential`: what is secret, under a name. Values go in and never come out. */

import { isJsonObject } from '@cloudflow/core/json.ts';
import { closest } from '@cloudflow/core/text/suggest.ts';
import type { Client, StoredCredential } from '@cloudflow/sdk/client/index.ts';
import { Failure, usageFailure } from '../../failure/failure.ts';
import { askSecret, mustConfirm } from '../../input/confirm.ts';
import { readJsonArgument, readStdin } from '../../input/json-argument.ts';
import { agoText } from '../../output/time-text.ts';
import { type CommandGroup, command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { flag, integerOption, listOption, required, several, textOption } from '../../program/option.ts';
import { clientOf } from '../../server/client.ts';
import { takeRows } from '../../server/take-rows.ts';

const listCommand = command({
  name: 'list',
  summary: 'List credentials, without their values',
  options: { limit: integerOption('<number>', 'How many at most.', { least: 1, most: 10_000, preset: 50 }) },
  examples: [{ line: 'cloudflow credential list', text: 'names, types and when they changed' }],
  async run({ context, options: { limit } }) {
    const now = Date.now();
    const rows = await takeRows(context, limit, (size) => clientOf(context).credentials.list({ limit: size }));
    context.output.list(rows, [
      { title: 'name', value: ({ name }) => name },
      { title: 'type', value: ({ type }) => type },
      { title: 'holds', value: ({ fields }) => fields.join(', ') },
      { title: 'hosts', value: ({ allowed_hosts }) => allowed_hosts?.join(', ') ?? 'any' },
      { title: 'changed', value: ({ updated_at }) => agoText(updated_at, now) },
    ]);
    return undefined;
  },
});

const setCommand = command({
  name: 'set',
  summary: 'Make a credential, or replace the values of one that is there',
  description:
    'Values are asked for, or come from stdin or a file; never from the command line, which others see. A single value is the ' +
    'field `value` of the type `generic`, `token` of `http_bearer`; for other types give all fields as a JSON object.',
  arguments: { name: required('By which workflows use it.') },
  options: {
    type: textOption(
      '<type>',
      'Such as generic, http_bearer, http_basic, http_header; for a new one, `generic` when absent.',
    ),
    values: textOption('<json>', 'All fields as an object: @file, or - for stdin.'),
    host: listOption('<host>', 'A host to which it may be sent, such as api.example.com; any when absent.'),
    description: textOption('<text>', 'What it is for.'),
  },
  examples: [
    {
      line: 'cloudflow credential set STRIPE_KEY --type http_bearer --host api.stripe.com < key.txt',
      text: 'one value from stdin',
    },
    { line: 'cloudflow credential set CRM --type http_basic --values @crm.json', text: 'several fields from a file' },
  ],
  async run({ context, args: { name }, options: { type, values: given, host, description } }) {
    const client = clientOf(context);
    const there = await findCredential(client, name);
    if (there !== undefined && type !== undefined && type !== there.type) {
      throw new Failure(`${name} is of the type ${there.type}, which does not change.`, {
        ending: 'conflict',
        code: 'conflict',
        remedy: 'Delete it first, or choose another name.',
      });
    }
    const kind = there?.type ?? type ?? 'generic';
    const values = await readValues(context, kind, given);
    const more = { ...(host.length > 0 && { allowed_hosts: host }), ...(description !== undefined && { description }) };
    const made =
      there === undefined
        ? await client.credentials.create({ name, type: kind as 'generic', values, ...more })
        : await client.credentials.update(there.id, { values, ...more });
    print(context, made);
    context.messages.say(there === undefined ? `${name} is made.` : `${name} has new values.`);
    return undefined;
  },
});

const deleteCommand = command({
  name: 'delete',
  summary: 'Delete credentials; steps that use them fail from now on',
  arguments: { name: several('Names.') },
  options: { dryRun: flag('Only say which would be deleted.') },
  examples: [{ line: 'cloudflow credential delete OLD_KEY', text: 'asks before it does so' }],
  async run({ context, args, options: { dryRun } }) {
    const client = clientOf(context);
    const found: StoredCredential[] = [];
    for (const name of args.name) found.push(await mustFind(client, name));
    if (dryRun === true) {
      for (const each of found) context.output.event(each, each.name);
      context.messages.say('Nothing was deleted.');
      return undefined;
    }
    await mustConfirm(context, `Delete ${found.length} ${found.length === 1 ? 'credential' : 'credentials'}?`);
    for (const { id, name } of found) {
      await client.credentials.delete(id);
      context.messages.say(`${name} is deleted.`);
    }
    return undefined;
  },
});

export const credentialCommands: CommandGroup = {
  name: 'credential',
  summary: 'Keep what workflows need and nobody should see',
  commands: [listCommand, setCommand, deleteCommand],
};

/** The one field of a type that has a single secret. */
const singleField: Readonly<Record<string, string>> = { generic: 'value', http_bearer: 'token' };

async function readValues(
  context: Context,
  type: string,
  given: string | undefined,
): Promise<Readonly<Record<string, string>>> {
  if (given !== undefined) {
    if (given !== '-' && !given.startsWith('@'))
      throw usageFailure('--values: a secret does not belong on the command line.', 'Give @file, or - for stdin.');
    const json = await readJsonArgument(given, '--values', context.world);
    if (isJsonObject(json) && Object.values(json).every((each) => typeof each === 'string'))
      return json as Record<string, string>;
    throw usageFailure('--values: expected an object of texts.');
  }
  const field = singleField[type];
  if (field === undefined)
    throw usageFailure(`A credential of the type ${type} has several fields.`, 'Give them with --values @file.');
  const value =
    (await askSecret(context, `${field} of the credential`)) ?? (await readStdin(context.world, `the ${field}`));
  // The end of the line that every editor writes is not part of a secret.
  return { [field]: value.replace(/\r?\n$/, '') };
}

async function findCredential(client: Client, name: string): Promise<StoredCredential | undefined> {
  for await (const each of client.credentials.list({ limit: 200 })) if (each.name === name) return each;
  return undefined;
}

async function mustFind(client: Client, name: string): Promise<StoredCredential> {
  const found = await findCredential(client, name);
  if (found !== undefined) return found;
  const { data } = await client.credentials.list({ limit: 200 }).page();
  const meant = closest(
    name,
    data.map((each) => each.name),
  );
  throw new Failure(`There is no credential ${name}.`, {
    ending: 'not_found',
    code: 'not_found',
    remedy: meant === undefined ? '`cloudflow credential list` shows which there are.' : `Did you mean ${meant}?`,
  });
}

function print({ output }: Context, credential: StoredCredential): void {
  output.item(credential, [
    ['name', credential.name],
    ['type', credential.type],
    ['holds', credential.fields.join(', ')],
    ['hosts', credential.allowed_hosts?.join(', ') ?? 'any'],
  ]);
}
