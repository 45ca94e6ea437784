/** The key for the server that is meant; what to do when there is none. */
import { Failure } from '../failure/failure.ts';
import type { Settings } from '../settings/settings.ts';

export function apiKeyOf({ apiKey, url, profile, problem }: Settings): string {
  if (problem !== null) throw problem;
  if (apiKey !== null) return apiKey.value;
  const other =
    profile === null ? '' : ` The profile "${profile.value}" is for another server, and its key goes nowhere else.`;
  throw new Failure(`There is no key for ${url.value}.${other}`, {
    ending: 'auth',
    code: 'unauthenticated',
    remedy: 'Log in with `cloudflow auth login`, or set CLOUDFLOW_API_KEY.',
  });
}
