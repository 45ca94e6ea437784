import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { commands } from '../command/index.ts';
import { usageFailure } from '../failure/failure.ts';
import { processWorld } from '../world.ts';
import { type Command, type CommandGroup, command } from './command.ts';
import { choiceOption, durationOption, flag, integerOption, listOption, pairsOption, required } from './option.ts';
import { runProgram } from './run-program.ts';

async function run(words: readonly string[], all: readonly (Command | CommandGroup)[] = commands) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const home = '/nowhere';
  const world = { ...processWorld(), words, environment: {}, cwd: '/', home, stdout, stderr };
  const code = await runProgram({ world, commands: all, interruption: () => new AbortController().signal });
  return { code, stdout: stdout.read()?.toString() ?? '', stderr: stderr.read()?.toString() ?? '' };
}

const echo = command({
  name: 'echo',
  summary: 'Print what it was given',
  arguments: { word: required('A word.') },
  options: {
    dryRun: flag('A flag.'),
    level: choiceOption(['low', 'high'], 'A choice.'),
    size: integerOption('<n>', 'A number.', { least: 1, most: 9, preset: 5 }),
    wait: durationOption('<d>', 'A duration.'),
    step: listOption('<s>', 'A list.'),
    label: pairsOption('<name=value>', 'Pairs.'),
  },
  examples: [],
  run: async ({ context, args, options }) => context.output.item({ ...args, ...options }, []) ?? undefined,
});

it('gives a command its words as the values that it declares', async () => {
  const words = [
    'echo',
    'x',
    '--dry-run',
    '--level',
    'HIGH',
    '--wait=2m',
    '--step',
    'a,b',
    '--step',
    'c',
    '--label',
    'k=v=w',
  ];
  expect(JSON.parse((await run([...words, '-o', 'json'], [echo])).stdout)).toEqual({
    ...{ word: 'x', dryRun: true, level: 'high', size: 5, wait: 120_000, step: ['a', 'b', 'c'], label: { k: 'v=w' } },
  });
});

it('says what is wrong with a value, or what was probably meant by a word, and ends with 2', async () => {
  for (const [words, text] of [
    [['ecko', 'x'], 'Did you mean echo?'],
    [['echo', 'x', '--dry-rnu'], 'Did you mean --dry-run?'],
    [['echo', 'x', '--level', 'hihg'], 'Did you mean high?'],
    [['echo', 'x', '--size', '10'], '--size: "10" is not a number from 1 to 9.'],
    [['echo', 'x', '--wait', 'soon'], '--wait: "soon" is not a duration.'],
    [['echo', 'x', '--label', 'k'], '--label: "k" is not a pair.'],
    [['echo'], "Missing required argument 'word'"],
    [['echo', 'x', 'y'], 'Too many arguments'],
  ] as const) {
    const { code, stdout, stderr } = await run(words, [echo]);
    expect([words, code, stdout, stderr]).toEqual([words, 2, '', expect.stringContaining(text)]);
  }
});

it('writes a failure as problem+json for who asked for JSON, and shows what a terminal would obey', async () => {
  const fails = command({
    name: 'fails',
    summary: 'Fail',
    examples: [],
    run: () => Promise.reject(usageFailure('\u001b[2J\u009b0m')),
  });
  const json = await run(['fails', '-o', 'json'], [fails]);
  expect([json.code, JSON.parse(json.stderr)]).toMatchObject([2, { code: 'usage', detail: '\u001b[2J\u009b0m' }]);
  expect(json.stderr).not.toContain('\u009b');
  expect((await run(['fails'], [fails])).stderr).toBe('error: \\u001b[2J\\u009b0m\n');
});

it.each(['bash', 'zsh', 'fish'])('the completion of %s knows every command and every option of it', async (shell) => {
  const { code, stdout } = await run(['completion', shell]);
  expect(code).toBe(0);
  for (const each of commands.flatMap((one) => ('commands' in one ? [one, ...one.commands] : [one])))
    expect(stdout).toContain(each.name);
  for (const option of ['follow', 'dry-run', 'if-match', 'output']) expect(stdout).toContain(option);
});
