/** `cloudflow draft`: what is worked on, before it is a version. */
import type { CommandGroup } from '../../program/command.ts';
import { getCommand } from './get.ts';
import { historyCommand } from './history.ts';
import { publishCommand } from './publish.ts';
import { saveCommand } from './save.ts';

export const draftCommands: CommandGroup = {
  name: 'draft',
  summary: 'Read, save and publish drafts of workflows',
  commands: [getCommand, saveCommand, historyCommand, publishCommand],
};
