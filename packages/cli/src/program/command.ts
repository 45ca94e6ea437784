/**
 * A command is data: the parser, `--help`, the completion of shells and docs/reference/cli.md follow from its declaration,
 * and so do the types of what its handler is given.
 */
import type { Ending } from '../failure/exit-codes.ts';
import type { Context } from './context.ts';
import type { Argument, Option } from './option.ts';

export type Example = { readonly line: string; readonly text: string };

type Arguments = { readonly [name: string]: Argument<unknown> };
type Options = { readonly [name: string]: Option<unknown> };
type Given<T> = { readonly [Name in keyof T]: T[Name] extends { readonly of?: infer Value } ? Value : never };

export type CommandDeclaration<A extends Arguments, O extends Options> = {
  readonly name: string;
  /** One line, imperative, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** In their order. */
  readonly arguments?: A;
  /** By the name in camel case: `dryRun` is `--dry-run`. */
  readonly options?: O;
  readonly examples: readonly Example[];
  /** It deals with Ctrl-C, and with the end of the process, by itself. */
  readonly ownsProcess?: boolean;
  /** How the program ends; `ok` when nothing is said. Other ends are mostly thrown, as a `Failure`. */
  run(given: {
    readonly context: Context;
    readonly args: Given<A>;
    readonly options: Given<O>;
  }): Promise<Ending | undefined>;
};

/** A command whose types have been checked and are of no further interest. */
export type Command = Omit<CommandDeclaration<Arguments, Options>, 'run'> & {
  run(given: { readonly context: Context; readonly args: never; readonly options: never }): Promise<Ending | undefined>;
};

/** A noun with its verbs. */
export type CommandGroup = { readonly name: string; readonly summary: string; readonly commands: readonly Command[] };

// biome-ignore lint/complexity/noBannedTypes: without arguments or options there is nothing to be given
type Nothing = {};

export function command<A extends Arguments = Nothing, O extends Options = Nothing>(
  declaration: CommandDeclaration<A, O>,
): Command {
  return declaration as unknown as Command;
}

export function isGroup(each: Command | CommandGroup): each is CommandGroup {
  return 'commands' in each;
}
