import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processWorld, type World } from '../world.ts';
import { readJsonArgument } from './json-argument.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'cloudflow-input-'));
  await writeFile(join(cwd, 'a.yaml'), 'total: 12\n');
  await writeFile(join(cwd, 'a.json'), '{"total": 13}');
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const read = (given: string, stdin = '') => {
  const world: World = { ...processWorld(), cwd, stdin: Readable.from([Buffer.from(stdin)]) };
  return readJsonArgument(given, '--input', world);
};

it('reads JSON as it stands, from a file of JSON or YAML, and from stdin', async () => {
  expect(await read('{"total": 11}')).toEqual({ total: 11 });
  expect(await read('@a.yaml')).toEqual({ total: 12 });
  expect(await read('@a.json')).toEqual({ total: 13 });
  expect(await read('-', '[14]')).toEqual([14]);
});

it('puts what was cut between two pieces of stdin together again', async () => {
  const [one, two] = [Buffer.from('"é"').subarray(0, 2), Buffer.from('"é"').subarray(2)];
  const world: World = { ...processWorld(), cwd, stdin: Readable.from([one, two]) };
  expect(await readJsonArgument('-', '--input', world)).toBe('é');
});

it('says which of them is wrong, as a matter of usage', async () => {
  for (const [given, text] of [
    ['{', '--input is not JSON'],
    ['@none.json', 'none.json does not exist'],
    ['@.', 'is a folder'],
    ['-', 'stdin is not JSON'],
  ] as const)
    await expect(read(given)).rejects.toMatchObject({
      message: expect.stringContaining(text),
      options: { ending: 'usage' },
    });
});
