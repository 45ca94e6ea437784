import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Environment, processWorld } from '../world.ts';
import type { Profiles } from './profiles.ts';
import { type GivenFlags, readSettings } from './settings.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'cloudflow-settings-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const profiles: Profiles = {
  current: 'home',
  byName: new Map([
    ['home', { url: 'http://home.test', apiKey: 'key-of-home' }],
    ['work', { url: 'http://work.test', apiKey: 'key-of-work' }],
  ]),
};
const settings = (flags: GivenFlags = {}, environment: Environment = {}) =>
  readSettings(flags, { ...processWorld(), environment, cwd }, async () => profiles);
const project = (text: string) => writeFile(join(cwd, 'cloudflow.yaml'), text);

it('an address is that of a flag, else of the environment, else of the project, else of the profile', async () => {
  const environment = { CLOUDFLOW_URL: 'http://environment.test' };
  expect((await settings()).url).toEqual({ value: 'http://home.test', source: 'profile' });
  await project('url: http://project.test\noutput: yaml\n');
  expect((await settings()).url).toEqual({ value: 'http://project.test', source: 'project' });
  expect((await settings({}, environment)).url).toEqual({ value: 'http://environment.test', source: 'environment' });
  const flagged = await settings(
    { url: 'http://flag.test/', output: 'json' },
    { ...environment, CLOUDFLOW_OUTPUT: 'jsonl' },
  );
  expect([flagged.url, flagged.output.value]).toEqual([{ value: 'http://flag.test', source: 'flag' }, 'json']);
  expect((await settings({}, { CLOUDFLOW_OUTPUT: 'jsonl' })).output.value).toBe('jsonl');
  expect((await settings()).output.value).toBe('yaml');
});

it('a profile that is named by a flag is meant with its address, whatever else would hold', async () => {
  const { url, apiKey } = await settings({ profile: 'work' }, { CLOUDFLOW_URL: 'http://environment.test' });
  expect([url.value, apiKey?.value]).toEqual(['http://work.test', 'key-of-work']);
});

it('the key of a profile goes to no other address, wherever that comes from', async () => {
  expect((await settings({ url: 'http://other.test' })).apiKey).toBeNull();
  expect((await settings({}, { CLOUDFLOW_URL: 'https://home.test' })).apiKey).toBeNull();
  await project('url: http://home.test.evil.test\n');
  expect((await settings()).apiKey).toBeNull();
  expect((await settings({}, { CLOUDFLOW_API_KEY: 'mine' })).apiKey).toEqual({ value: 'mine', source: 'environment' });
});

it('a key is read from a file, and given twice it is refused', async () => {
  await writeFile(join(cwd, 'key'), 'in-a-file\n');
  const file = { CLOUDFLOW_API_KEY_FILE: join(cwd, 'key') };
  expect((await settings({}, file)).apiKey?.value).toBe('in-a-file');
  await expect(settings({}, { ...file, CLOUDFLOW_API_KEY: 'x' })).rejects.toMatchObject({
    options: { ending: 'usage' },
  });
});

it('what is not right is said with what was probably meant', async () => {
  expect((await settings({ profile: 'wrok' })).problem?.options.remedy).toBe('Did you mean work?');
  await expect(settings({ url: 'ftp://x' })).rejects.toThrow('not the address of a server');
  await project('ulr: http://x\n');
  await expect(settings()).rejects.toMatchObject({ options: { remedy: 'Did you mean `url`?' } });
  await project('api_key: secret\n');
  await expect(settings()).rejects.toThrow('does not belong into a file');
});
