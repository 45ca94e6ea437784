/** All commands. A new one is a file in the folder of its noun; a new noun is a folder, and a line here. */
import type { Command, CommandGroup } from '../program/command.ts';
import { apiCommand } from './api/api.ts';
import { authCommands } from './auth/auth.ts';
import { completionCommand } from './completion/completion.ts';
import { credentialCommands } from './credential/credential.ts';
import { devCommand } from './dev/dev.ts';
import { doctorCommand } from './doctor/doctor.ts';
import { draftCommands } from './draft/draft.ts';
import { initCommand } from './init/init.ts';
import { operationCommands } from './operation/operation.ts';
import { runCommands } from './run/run.ts';
import { startCommand } from './start/start.ts';
import { testCommand } from './test/test.ts';
import { workerCommand } from './worker/worker.ts';
import { workflowCommands } from './workflow/workflow.ts';

export const commands: readonly (Command | CommandGroup)[] = [
  startCommand,
  devCommand,
  initCommand,
  workerCommand,
  doctorCommand,
  authCommands,
  workflowCommands,
  draftCommands,
  testCommand,
  runCommands,
  operationCommands,
  credentialCommands,
  apiCommand,
  completionCommand,
];
