/** `cloudflow auth login`: keeps a key in a profile, after the server has taken it. */
import { createClient } from '@cloudflow/sdk/client/index.ts';
import { usageFailure } from '../../failure/failure.ts';
import { askSecret, askText } from '../../input/confirm.ts';
import { readStdin } from '../../input/json-argument.ts';
import { command } from '../../program/command.ts';
import type { Context } from '../../program/context.ts';
import { profilesPath, readProfiles, writeProfiles } from '../../settings/profiles.ts';

const firstProfile = 'default';

export const loginCommand = command({
  name: 'login',
  summary: 'Keep a key in a profile',
  description:
    'The key is asked for, or read from stdin, or taken from CLOUDFLOW_API_KEY; it is never an option, since others see the ' +
    'command lines of a machine. The server is asked whether it is good before it is kept, in a file that only you can read.',
  examples: [
    { line: 'cloudflow auth login', text: 'asks for the address and the key' },
    {
      line: 'cloudflow auth login --profile staging --url https://flows.example.com < key.txt',
      text: 'without questions',
    },
  ],
  async run({ context }) {
    const { world, settings, messages } = context;
    const path = profilesPath(world);
    const { byName, current } = await readProfiles(path);
    const name = settings.profile?.value ?? current ?? firstProfile;
    const url =
      settings.url.source === 'default'
        ? await askText(context, 'Address of the server', settings.url.value)
        : settings.url.value;
    const apiKey = await readKey(context);
    await createClient({ url, apiKey, signal: context.signal }).workflows.list({ limit: 1 }).page();
    await writeProfiles(path, { current: name, byName: new Map([...byName, [name, { url, apiKey }]]) });
    messages.say(`Logged in to ${url}; the key is in the profile "${name}" (${path}).`);
    return undefined;
  },
});

async function readKey(context: Context): Promise<string> {
  const { world, settings } = context;
  const asked = await askSecret(context, 'API key (cfk_live_…)');
  const given =
    asked ?? (settings.apiKey?.source === 'environment' ? settings.apiKey.value : await readStdin(world, 'the key'));
  const key = given.trim();
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw usageFailure(
    key === '' ? 'No key was given.' : 'This is no key: it holds spaces or signs that no key has.',
    'A key begins with cfk_live_ or cfk_test_.',
  );
}
