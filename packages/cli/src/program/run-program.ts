/** One run of the program, from the words of the command line to the number it ends with. */
import { CommanderError } from 'commander';
import { exitCodes } from '../failure/exit-codes.ts';
import { interrupted } from '../failure/failure.ts';
import { failureJson, failureText } from '../failure/report.ts';
import { toFailure } from '../failure/to-failure.ts';
import { createMessages } from '../output/messages.ts';
import { createOutput } from '../output/output.ts';
import { createPaint } from '../output/paint.ts';
import { jsonText } from '../output/plain-text.ts';
import { profilesPath, readProfiles } from '../settings/profiles.ts';
import { type GivenFlags, readSettings } from '../settings/settings.ts';
import { version } from '../version.ts';
import type { OutputStream, World } from '../world.ts';
import { buildParser, type Parsed } from './build.ts';
import type { Command, CommandGroup } from './command.ts';
import type { Context } from './context.ts';
import type { OutputForm } from './global-options.ts';

type Globals = GivenFlags & {
  readonly noColor?: boolean;
  readonly noInput?: boolean;
  readonly yes?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
};

export type Run = {
  readonly world: World;
  readonly commands: readonly (Command | CommandGroup)[];
  /** Aborted by Ctrl-C. Asked for only by commands that do not deal with it themselves. */
  readonly interruption: () => AbortSignal;
};

/** The exit code. */
export async function runProgram({ world, commands, interruption }: Run): Promise<number> {
  const noColor = world.words.includes('--no-color');
  let asJson = wantsJson(world.words);
  let url: string | undefined;
  try {
    const parsed = await parse(world, commands, noColor);
    if (parsed === null) return exitCodes.ok.code;
    const signal = parsed.command.ownsProcess === true ? new AbortController().signal : interruption();
    const context = await createContext(world, parsed, { commands, signal });
    asJson = !context.output.isForPeople;
    url = context.settings.url.value;
    const given = { context, args: parsed.args as never, options: parsed.options as never };
    const ending = await parsed.command.run(given).catch((error: unknown) => {
      throw signal.aborted ? interrupted() : error;
    });
    return exitCodes[ending ?? 'ok'].code;
  } catch (error) {
    const failure = toFailure(error, url);
    const paint = createPaint(hasColor(world.stderr, world, noColor));
    world.stderr.write(`${asJson ? jsonText(failureJson(failure)) : failureText(failure, paint)}\n`);
    return exitCodes[failure.options.ending].code;
  }
}

/** Null when all that was asked for was help or the version, which is printed by then. */
async function parse(world: World, commands: Run['commands'], noColor: boolean): Promise<Parsed | null> {
  const found: Parsed[] = [];
  const parser = buildParser(commands, {
    version: isAfterCommand('--version', world.words, commands) ? null : version,
    stdout: world.stdout,
    stderr: world.stderr,
    inColor: hasColor(world.stdout, world, noColor),
    onParsed: (parsed) => found.push(parsed),
  });
  try {
    await parser.parseAsync(world.words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    throw error;
  }
  const [parsed] = found;
  if (parsed === undefined) throw new Error('the parser found no command and did not say so');
  return parsed;
}

/** The parser takes a global option wherever it stands: `run retry … --version latest` would be asked for ours. */
function isAfterCommand(option: string, words: readonly string[], commands: Run['commands']): boolean {
  const names = new Set(commands.map(({ name }) => name));
  const at = words.findIndex((word) => names.has(word));
  return at >= 0 && words.indexOf(option) > at;
}

async function createContext(
  world: World,
  { globals }: Parsed,
  rest: Pick<Context, 'commands' | 'signal'>,
): Promise<Context> {
  const { noColor = false, noInput, yes, quiet = false, verbose = false, ...flags } = globals as Globals;
  const settings = await readSettings(flags, world, () => readProfiles(profilesPath(world)));
  const paintFor = (stream: OutputStream) => createPaint(hasColor(stream, world, noColor));
  return {
    ...rest,
    world,
    settings,
    output: createOutput(world.stdout, { form: settings.output.value, paint: paintFor(world.stdout) }),
    messages: createMessages(world.stderr, { quiet, verbose, paint: paintFor(world.stderr) }),
    canAsk: noInput !== true && world.stdin.isTTY === true && world.stderr.isTTY === true,
    saidYes: yes === true,
  };
}

function hasColor(stream: OutputStream, { environment }: World, noColor: boolean): boolean {
  return stream.isTTY === true && !noColor && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}

/** For what is wrong with the command line itself. */
function wantsJson(words: readonly string[]): boolean {
  const forms: readonly string[] = ['json', 'jsonl', 'yaml'] satisfies OutputForm[];
  return words.some((word, at) => {
    const value = word === '-o' || word === '--output' ? words[at + 1] : /^(?:--output=|-o=?)(.+)$/.exec(word)?.[1];
    return value !== undefined && forms.includes(value);
  });
}
