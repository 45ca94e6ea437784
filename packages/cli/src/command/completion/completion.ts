/** `cloudflow completion`: what a shell needs to complete our words, printed from the declarations. */

import { type Command, type CommandGroup, command, isGroup } from '../../program/command.ts';
import { longForm } from '../../program/forms.ts';
import { globalOptions } from '../../program/global-options.ts';
import { choiceArgument } from '../../program/option.ts';
import { bashScript, fishScript, zshScript } from './shell-scripts.ts';

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript };

export const completionCommand = command({
  name: 'completion',
  summary: 'Print the completion of a shell',
  arguments: { shell: choiceArgument(Object.keys(shells) as (keyof typeof shells)[], 'For which shell.') },
  examples: [
    { line: 'source <(cloudflow completion bash)', text: 'in ~/.bashrc' },
    {
      line: 'cloudflow completion zsh > ~/.zfunc/_cloudflow',
      text: 'with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc',
    },
    { line: 'cloudflow completion fish > ~/.config/fish/completions/cloudflow.fish', text: 'for fish' },
  ],
  async run({ context: { commands, output }, args: { shell } }) {
    output.text(shells[shell](wordsOf(commands)));
    return undefined;
  },
});

/** One word that can follow `path`, with what it means; an option where it begins with a hyphen. */
export type Completed = { readonly path: string; readonly word: string; readonly text: string };

export function wordsOf(commands: readonly (Command | CommandGroup)[]): readonly Completed[] {
  return commands.flatMap((each) => [
    { path: '', word: each.name, text: each.summary },
    ...(isGroup(each)
      ? each.commands.flatMap((verb) => [
          { path: each.name, word: verb.name, text: verb.summary },
          ...optionsOf(verb, `${each.name} ${verb.name}`),
        ])
      : optionsOf(each, each.name)),
  ]);
}

function optionsOf({ options = {}, arguments: args = {} }: Command, path: string): readonly Completed[] {
  const own = Object.entries({ ...options, ...globalOptions }).map(([key, { text }]) => ({
    path,
    word: longForm(key),
    text,
  }));
  const choices = Object.values(args).flatMap(({ choices: words = [], text }) =>
    words.map((word) => ({ path, word, text })),
  );
  return [...own, ...choices];
}
