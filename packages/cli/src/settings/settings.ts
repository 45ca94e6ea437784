/** What holds for one command, and from where: a flag, else the environment, else the project, else a profile. */
import { readFile } from 'node:fs/promises';
import { closest } from '@cloudflow/core/text/suggest.ts';
import { Failure, usageFailure } from '../failure/failure.ts';
import { type OutputForm, outputForms } from '../program/global-options.ts';
import type { Environment, World } from '../world.ts';
import { type DevelopmentServer, readDevelopmentServer } from './development-server.ts';
import type { Profile, Profiles } from './profiles.ts';
import { findProject, type Project } from './project-file.ts';

export const defaultUrl = 'http://127.0.0.1:8080';

export type Source = 'flag' | 'environment' | 'project' | 'development server' | 'profile' | 'default';
export type From<T> = { readonly value: T; readonly source: Source };

export type GivenFlags = {
  readonly url?: string | undefined;
  readonly profile?: string | undefined;
  readonly output?: OutputForm | undefined;
};

export type Settings = {
  readonly url: From<string>;
  /** Null when there is none for this address. */
  readonly apiKey: From<string> | null;
  /** The one that is asked for or current, whether it exists or not. */
  readonly profile: From<string> | null;
  /** Why the server cannot be called with these settings: a profile is asked for that is not there. */
  readonly problem: Failure | null;
  readonly output: From<OutputForm>;
  readonly project: Project;
};

/** The variables that the command line reads, for its reference page. */
export const variables = {
  CLOUDFLOW_URL: 'Address of the server.',
  CLOUDFLOW_API_KEY: 'The key to call it with.',
  CLOUDFLOW_API_KEY_FILE: 'A file that holds the key.',
  CLOUDFLOW_PROFILE: 'Profile to use in place of the current one.',
  CLOUDFLOW_OUTPUT: 'How data is written to stdout: `table`, `json`, `yaml` or `jsonl`.',
  NO_COLOR: 'No colour when it is set to anything.',
  XDG_CONFIG_HOME: 'Where the profiles are kept, in `cloudflow/profiles.yaml`; `~/.config` when absent.',
} as const;

export async function readSettings(
  flags: GivenFlags,
  world: World,
  profiles: () => Promise<Profiles>,
): Promise<Settings> {
  const { environment } = world;
  const project = await findProject(world.cwd);
  const running = await readDevelopmentServer(project.folder);
  const asked = firstOf<string>([
    ['flag', flags.profile],
    ['environment', variable(environment, 'CLOUDFLOW_PROFILE')],
    ['project', project.profile],
  ]);
  const known = await profiles();
  const chosen = chooseProfile(asked, known);
  const url = firstOf<string>([
    ['flag', flags.url],
    // Who names a profile means its address, whatever else would hold.
    ['flag', asked?.source === 'flag' ? chosen?.profile.url : undefined],
    ['environment', variable(environment, 'CLOUDFLOW_URL')],
    ['project', project.url],
    ['development server', asked === null ? running?.url : undefined],
    ['profile', chosen?.profile.url],
  ]) ?? { value: defaultUrl, source: 'default' };
  return {
    url: { ...url, value: checkedUrl(url) },
    apiKey: await keyFor(url.value, { environment, running, profile: chosen?.profile }),
    profile: asked ?? (chosen && { value: chosen.name, source: 'profile' }),
    problem: asked !== null && chosen === null ? unknownProfile(asked.value, known) : null,
    output: readOutput(flags, environment, project),
    project,
  };
}

function readOutput(flags: GivenFlags, environment: Environment, project: Project): From<OutputForm> {
  const given = variable(environment, 'CLOUDFLOW_OUTPUT');
  const form = outputForms.find((each) => each === given);
  if (given !== undefined && form === undefined)
    throw usageFailure(`CLOUDFLOW_OUTPUT is "${given}", which is not one of ${outputForms.join(', ')}.`);
  const found = firstOf<OutputForm>([
    ['flag', flags.output],
    ['environment', form],
    ['project', project.output],
  ]);
  return found ?? { value: 'table', source: 'default' };
}

type Chosen = { readonly name: string; readonly profile: Profile };

function chooseProfile(asked: From<string> | null, { current, byName }: Profiles): Chosen | null {
  const name = asked?.value ?? current;
  const profile = name === null ? undefined : byName.get(name);
  return name === null || profile === undefined ? null : { name, profile };
}

function unknownProfile(name: string, { byName }: Profiles): Failure {
  const meant = closest(name, byName.keys());
  return new Failure(`There is no profile "${name}".`, {
    ending: 'usage',
    code: 'usage',
    remedy: meant === undefined ? `Make it with \`cloudflow auth login --profile ${name}\`.` : `Did you mean ${meant}?`,
  });
}

type KeySources = {
  readonly environment: Environment;
  readonly running: DevelopmentServer | null;
  readonly profile: Profile | undefined;
};

/**
 * A key that was kept for one address is sent to that address only: else a `cloudflow.yaml` that came with somebody's
 * repository, or a slip in `--url`, would send it elsewhere.
 */
async function keyFor(url: string, { environment, running, profile }: KeySources): Promise<From<string> | null> {
  const direct = variable(environment, 'CLOUDFLOW_API_KEY');
  const file = variable(environment, 'CLOUDFLOW_API_KEY_FILE');
  if (direct !== undefined && file !== undefined)
    throw usageFailure('The key is given twice, by CLOUDFLOW_API_KEY and by CLOUDFLOW_API_KEY_FILE.');
  return firstOf<string>([
    ['environment', direct ?? (file === undefined ? undefined : await keyIn(file))],
    ['development server', running !== null && isSameOrigin(running.url, url) ? running.apiKey : undefined],
    ['profile', profile !== undefined && isSameOrigin(profile.url, url) ? profile.apiKey : undefined],
  ]);
}

async function keyIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw usageFailure(`CLOUDFLOW_API_KEY_FILE names ${file}, which cannot be read: ${(error as Error).message}.`);
  }
}

function checkedUrl({ value, source }: From<string>): string {
  const address = URL.canParse(value) ? new URL(value) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol) || address.username !== '' || address.search !== '')
    throw usageFailure(
      `"${value}" (from the ${source}) is not the address of a server.`,
      `Write it as ${defaultUrl} or https://cloudflow.example.com.`,
    );
  return value.replace(/\/+$/, '');
}

export function isSameOrigin(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}

function firstOf<T>(sources: readonly (readonly [Source, T | undefined])[]): From<T> | null {
  for (const [source, value] of sources) if (value !== undefined) return { value, source };
  return null;
}

/** Set to nothing is not set. */
function variable(environment: Environment, name: keyof typeof variables): string | undefined {
  const value = environment[name]?.trim();
  return value === '' ? undefined : value;
}
