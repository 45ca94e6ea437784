/** `cloudflow auth logout`: forgets a key. It stays good on the server until it is revoked there. */
import { Failure } from '../../failure/failure.ts';
import { command } from '../../program/command.ts';
import { profilesPath, readProfiles, writeProfiles } from '../../settings/profiles.ts';

export const logoutCommand = command({
  name: 'logout',
  summary: 'Forget the key of a profile',
  description: 'The key stays good until it is revoked on the server.',
  examples: [
    { line: 'cloudflow auth logout', text: 'of the current profile' },
    { line: 'cloudflow auth logout --profile staging', text: 'of another' },
  ],
  async run({ context: { world, settings, messages } }) {
    const path = profilesPath(world);
    const { byName, current } = await readProfiles(path);
    const name = settings.profile?.value ?? current;
    if (name === null || !byName.has(name)) {
      throw settings.problem ?? new Failure('Nobody is logged in.', { ending: 'not_found', code: 'not_found' });
    }
    const rest = new Map([...byName].filter(([each]) => each !== name));
    await writeProfiles(path, { current: current === name ? null : current, byName: rest });
    messages.say(`The key of the profile "${name}" is forgotten.`);
    return undefined;
  },
});
