/** docs/reference/cli.md, from the declarations. */
import { exitCodes } from '../failure/exit-codes.ts';
import { variables } from '../settings/settings.ts';
import { type Command, type CommandGroup, isGroup } from './command.ts';
import { argumentForm, optionForm } from './forms.ts';
import { globalOptions } from './global-options.ts';
import type { Option } from './option.ts';

export function cliPage(all: readonly (Command | CommandGroup)[]): string {
  return `# The command line

Printed from the commands by \`npm run generate\`; do not edit. \`cloudflow <command> --help\` says the same.

In a clone of the repository \`npx cloudflow …\` runs it, on the Node that the lockfile pins.

## Rules that hold for every command

stdout is data and nothing else; what the program says goes to stderr. Times and tables are for people: scripts take \`-o json\`,
or \`-o jsonl\` for one row to a line, which are the answers of the API as they come. There is no colour and nothing moves where
the reader is no terminal.

What is given more than once holds in this order: an option, the environment, \`cloudflow.yaml\` in this folder or the nearest one
above, the server that \`cloudflow dev\` runs for the project, the current profile. A key is never an option: others see the
command lines of a machine. The key of a profile is sent to the server of this profile only.

A workflow is named by its \`workflow_id\`, one version of it as \`name@1.2.0\`. A run is named by its id, or by the first 8 or more
characters of it where they are the only ones.

### Options of every command

${optionTable(globalOptions)}
### Environment

| Variable | Meaning |
|---|---|
${Object.entries(variables)
  .map(([name, text]) => `| \`${name}\` | ${cell(text)} |`)
  .join('\n')}

### Exit codes

| Code | Meaning |
|---|---|
${Object.values(exitCodes)
  .map(({ code, meaning }) => `| ${code} | ${cell(meaning)} |`)
  .join('\n')}

Where JSON was asked for, a failure on stderr is \`application/problem+json\` with a \`code\` of [errors.md](errors.md).

## Commands

${all.map((each) => (isGroup(each) ? groupSection(each) : commandSection(each, `cloudflow ${each.name}`))).join('\n')}`;
}

function groupSection({ name, commands }: CommandGroup): string {
  return commands.map((each) => commandSection(each, `cloudflow ${name} ${each.name}`)).join('\n');
}

function commandSection(
  { summary, description, arguments: args = {}, options = {}, examples }: Command,
  name: string,
): string {
  const words = Object.entries(args).map(([key, argument]) => ` ${argumentForm(key, argument)}`);
  const rows = Object.entries(args).map(
    ([key, argument]) => `| \`${argumentForm(key, argument)}\` | ${cell(argument.text)} |`,
  );
  const table = rows.length === 0 ? '' : `| Argument | Meaning |\n|---|---|\n${rows.join('\n')}\n\n`;
  return `### \`${name}${words.join('')}\`

${summary}.${description === undefined ? '' : `\n\n${description}`}

${table}${Object.keys(options).length === 0 ? '' : `${optionTable(options)}\n`}\`\`\`sh
${examples.map(({ line, text }) => `# ${text}\n${line}`).join('\n\n')}
\`\`\`
`;
}

function optionTable(options: Readonly<Record<string, Option<unknown>>>): string {
  const rows = Object.entries(options).map(([key, option]) => {
    const preset =
      typeof option.preset === 'object' || option.preset === undefined ? '' : ` Default: \`${option.preset}\`.`;
    return `| \`${cell(optionForm(key, option))}\` | ${cell(option.text + preset)} |\n`;
  });
  return `| Option | Meaning |\n|---|---|\n${rows.join('')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
