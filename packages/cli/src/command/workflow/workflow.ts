/** `cloudflow workflow`: definitions, in files and on the server. */
import type { CommandGroup } from '../../program/command.ts';
import { deleteCommand } from './delete.ts';
import { diffCommand } from './diff.ts';
import { disableCommand, enableCommand } from './enable.ts';
import { exportCommand } from './export.ts';
import { fmtCommand } from './fmt.ts';
import { getCommand } from './get.ts';
import { importCommand } from './import.ts';
import { listCommand } from './list.ts';
import { publishCommand } from './publish.ts';
import { rollbackCommand } from './rollback.ts';
import { validateCommand } from './validate.ts';

export const workflowCommands: CommandGroup = {
  name: 'workflow',
  summary: 'Check, publish and manage workflows',
  commands: [
    validateCommand,
    fmtCommand,
    diffCommand,
    publishCommand,
    rollbackCommand,
    listCommand,
    getCommand,
    exportCommand,
    importCommand,
    enableCommand,
    disableCommand,
    deleteCommand,
  ],
};
