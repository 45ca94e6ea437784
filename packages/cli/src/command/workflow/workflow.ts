/** `cloudflow workflow`: definitions, in files and on the server. */
import type { CommandGroup } from '../../program/command.ts';
import { deleteCommand } from './delete.ts';
import { disableCommand, enableCommand } from './enable.ts';
import { getCommand } from './get.ts';
import { listCommand } from './list.ts';
import { publishCommand } from './publish.ts';
import { validateCommand } from './validate.ts';

export const workflowCommands: CommandGroup = {
  name: 'workflow',
  summary: 'Check, publish and manage workflows',
  commands: [validateCommand, publishCommand, listCommand, getCommand, enableCommand, disableCommand, deleteCommand],
};
