/** `cloudflow auth status`: which server, which key, from where, and whether it is good. */
import { command } from '../../program/command.ts';
import { clientOf } from '../../server/client.ts';
import { isReadByOthers, profilesPath } from '../../settings/profiles.ts';

/** So much of a key is shown in lists of keys, too; the rest is the secret. */
const shownOfKey = 13;

export const statusCommand = command({
  name: 'status',
  summary: 'Show which server and key commands use, and whether the key is good',
  examples: [{ line: 'cloudflow auth status', text: 'exit code 4 when the server does not take the key' }],
  async run({ context }) {
    const { settings, output, messages, world } = context;
    const client = clientOf(context);
    await client.workflows.list({ limit: 1 }).page();
    const path = profilesPath(world);
    if (await isReadByOthers(path, world.platform)) messages.warn(`${path} can be read by others: chmod 600 ${path}`);
    const { url, apiKey, profile } = settings;
    const status = {
      url: url.value,
      url_source: url.source,
      profile: profile?.value ?? null,
      key: apiKey === null ? null : `${apiKey.value.slice(0, shownOfKey)}…`,
      key_source: apiKey?.source ?? null,
    };
    output.item(status, [
      ['server', `${status.url} (${status.url_source})`],
      ['key', `${status.key} (${status.key_source})`],
      ['profile', status.profile],
    ]);
    return undefined;
  },
});
