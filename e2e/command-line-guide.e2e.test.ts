/** docs/guides/use-the-command-line.md, followed to the letter. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCli } from './cli.ts';
import { useProduct } from './product.ts';

const product = useProduct();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudflow-guide-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('the guide to the command line says what happens', async () => {
  const guide = await readFile(new URL('../docs/guides/use-the-command-line.md', import.meta.url), 'utf8');
  const commands = [...guide.matchAll(/```sh\n(.*?)```/gs)].map(([, command = '']) => command);
  expect(commands).toHaveLength(5);
  const { url: SERVER, apiKey: KEY } = product.server;
  const cli = createCli({ cwd: folder, env: { SERVER, KEY, XDG_CONFIG_HOME: folder } });
  // The guide says `cloudflow`, which an installed package has on the PATH.
  const followed = async (place: number) => {
    const ended = await cli.shell(`set -eu; cloudflow() { "$CLOUDFLOW" "$@"; }\n${commands[place]}`);
    expect([commands[place], ended.code, ended.stderr]).toEqual([commands[place], 0, expect.any(String)]);
    return ended.stdout;
  };
  const written = (name: string) => readFile(join(folder, name), 'utf8');

  expect(await followed(0)).toMatch(/profile +staging/);
  expect(await followed(1)).toMatch(/status +COMPLETED[\s\S]*Hello Ann/);
  expect((await followed(2)).trim()).toBe('2');
  expect(JSON.parse(await written('run.json'))).toMatchObject({ status: 'COMPLETED' });
  expect(await followed(3)).toBe('the input was refused\n');
  expect(JSON.parse(await written('refused.json'))).toHaveProperty('code');
  expect(await followed(4)).toContain('✓ greets');
  expect(await written('results.xml')).toContain('tests="1" failures="0"');
});
