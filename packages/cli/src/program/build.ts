/** Declarations to the parser: what the program understands. */
import { closest } from '@cloudflow/core/text/suggest.ts';
import {
  type CommanderError,
  type Help,
  Command as Parser,
  Argument as ParserArgument,
  Option as ParserOption,
} from 'commander';
import { Failure, usageFailure } from '../failure/failure.ts';
import type { OutputStream } from '../world.ts';
import { type Command, type CommandGroup, isGroup } from './command.ts';
import { argumentForm, longForm, optionForm } from './forms.ts';
import { globalOptions } from './global-options.ts';
import type { Argument, Option } from './option.ts';

/** One command line, understood. */
export type Parsed = {
  readonly command: Command;
  /** `cloudflow run start` */
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly globals: Readonly<Record<string, unknown>>;
};

export type ParserOptions = {
  /** Null where `--version` is an option of the command that is given. */
  readonly version: string | null;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly inColor: boolean;
  onParsed(parsed: Parsed): void;
};

const programName = 'cloudflow';

export function buildParser(commands: readonly (Command | CommandGroup)[], options: ParserOptions): Parser {
  const { stdout, stderr, version } = options;
  const program = new Parser(programName)
    .description('Runs CloudFlow, and works with its workflows and runs.')
    .helpOption('-h, --help', 'Print help and exit')
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // Failures are reported in one place, and in one form.
      outputError: () => undefined,
      getOutHasColors: () => options.inColor,
    })
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions })
    .addHelpText('after', examplesText(firstExamples));
  if (version !== null) program.version(version, '--version', 'Print the version and exit');
  addOptions(program, globalOptions);
  for (const each of commands) {
    const parser = isGroup(each)
      ? groupParser(each, program, options)
      : commandParser(each, { program, parent: program, options });
    program.addCommand(parser);
  }
  return inherit(program, program);
}

const firstExamples = [
  { line: 'cloudflow start', text: 'run the product on this machine' },
  { line: 'cloudflow init my-flows && cd my-flows && cloudflow dev', text: 'a new project, published on each save' },
  { line: 'cloudflow run start hello --wait', text: 'run a workflow and wait for its end' },
];

function groupParser(group: CommandGroup, program: Parser, options: ParserOptions): Parser {
  const parent = new Parser(group.name).description(`${group.summary}.`);
  for (const each of group.commands) parent.addCommand(commandParser(each, { program, parent, options }));
  return parent;
}

type Place = { readonly program: Parser; readonly parent: Parser; readonly options: ParserOptions };

function commandParser(command: Command, { program, parent, options }: Place): Parser {
  const parser = new Parser(command.name);
  const more = command.description === undefined ? '' : `\n\n${command.description}`;
  parser.summary(command.summary).description(`${command.summary}.${more}`);
  const name =
    parent === program ? `${programName} ${command.name}` : `${programName} ${parent.name()} ${command.name}`;
  const names = Object.keys(command.arguments ?? {});
  for (const [key, argument] of Object.entries(command.arguments ?? {})) {
    const made = new ParserArgument(argumentForm(key, argument), argument.text);
    if (argument.choices !== undefined) made.argParser((text: string) => checkedChoice(text, made.name(), argument));
    parser.addArgument(made);
  }
  const readOwn = addOptions(parser, command.options ?? {});
  parser.addHelpText('after', examplesText(command.examples));
  parser.action((...given: unknown[]) => {
    const args = Object.fromEntries(names.map((each, at) => [each, given[at]]));
    options.onParsed({ command, name, args, options: readOwn(), globals: readOptions(program, globalOptions) });
  });
  return parser;
}

/** What a sub-command does not inherit by itself, since it was made apart. */
function inherit(parser: Parser, program: Parser, path = programName): Parser {
  if (parser !== program) parser.copyInheritedSettings(program);
  parser.exitOverride((error) => {
    throw refusal(error, path);
  });
  for (const each of parser.commands) inherit(each as Parser, program, `${path} ${each.name()}`);
  return parser;
}

/** The end of parsing without a command: help and version are no failure. */
function refusal(error: CommanderError, path: string): Error {
  if (error.exitCode === 0) return error;
  if (error.code === 'commander.help') {
    return usageFailure(`\`${path}\` needs the name of a command after it.`, `\`${path} --help\` lists them.`);
  }
  const [, what = error.message, meant] = /^(?:error: )?(.*?)(?:\n\((.*)\))?$/s.exec(error.message) ?? [];
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  return usageFailure(sentence, [meant, `See \`${path} --help\`.`].filter((each) => each !== undefined).join(' '));
}

type Declared = Readonly<Record<string, Option<unknown>>>;

function addOptions(parser: Parser, declared: Declared) {
  for (const [key, option] of Object.entries(declared)) parser.addOption(parserOption(key, option));
  return () => readOptions(parser, declared);
}

function parserOption(key: string, option: Option<unknown>): ParserOption {
  const made = new ParserOption(optionForm(key, option), option.text);
  const { parse } = option;
  if (parse !== undefined) {
    // The preset is what there is before the first: it is replaced, not added to.
    made.argParser((text: string, previous: unknown) => {
      try {
        return parse(text, previous === option.preset ? undefined : previous);
      } catch (error) {
        if (error instanceof Failure) throw new Failure(`${longForm(key)}: ${error.message}`, error.options);
        throw error;
      }
    });
  }
  if (option.preset !== undefined) made.default(option.preset, presetText(option.preset));
  return made;
}

function presetText(preset: unknown): string {
  const isEmpty = typeof preset === 'object' && preset !== null && Object.keys(preset).length === 0;
  return isEmpty ? 'none' : JSON.stringify(preset);
}

function readOptions(parser: Parser, declared: Declared): Readonly<Record<string, unknown>> {
  const values = parser.opts();
  return Object.fromEntries(
    Object.entries(declared).map(([key, option]) => {
      const made = parserOption(key, option);
      const value = values[made.attributeName()];
      return [key, made.negate ? value === false : value];
    }),
  );
}

function checkedChoice(text: string, name: string, { choices = [] }: Argument<unknown>): string {
  if (choices.includes(text)) return text;
  const meant = closest(text, choices);
  throw usageFailure(
    `<${name}>: "${text}" is not one of ${choices.join(', ')}.`,
    meant === undefined ? undefined : `Did you mean ${meant}?`,
  );
}

function examplesText(examples: readonly { readonly line: string; readonly text: string }[]): string {
  return `\nExamples:\n${examples.map(({ line, text }) => `  # ${text}\n  ${line}`).join('\n\n')}\n`;
}

/** `--version` is of the program alone. */
function visibleGlobalOptions(this: Help, parser: Parser): ParserOption[] {
  const declared = Object.keys(globalOptions).map(longForm);
  return (parser.parent === null ? [] : rootOf(parser).options).filter(({ long }) =>
    declared.includes(long ?? ''),
  ) as ParserOption[];
}

function rootOf(parser: Parser): Parser {
  return parser.parent === null ? parser : rootOf(parser.parent as Parser);
}
