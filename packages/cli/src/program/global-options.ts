/** The options that every command takes, before or after its name. */
import { choiceOption, flag, textOption } from './option.ts';

export const outputForms = ['table', 'json', 'yaml', 'jsonl'] as const;
export type OutputForm = (typeof outputForms)[number];

export const globalOptions = {
  output: choiceOption(outputForms, 'How data is written to stdout.', { short: 'o' }),
  url: textOption('<url>', 'Address of the server.'),
  profile: textOption('<name>', 'Profile to use in place of the current one.'),
  noColor: flag('No colour, also on a terminal; the same as NO_COLOR=1.'),
  noInput: flag('Never ask: fail where an answer would be needed.'),
  yes: flag('Answer every question of the kind "really?" with yes.', { short: 'y' }),
  quiet: flag('Only data and errors.', { short: 'q' }),
  verbose: flag('Also say what is asked of the server.', { short: 'v' }),
};
