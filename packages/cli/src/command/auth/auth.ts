/** `cloudflow auth`: which server is meant, and the key for it. */
import type { CommandGroup } from '../../program/command.ts';
import { loginCommand } from './login.ts';
import { logoutCommand } from './logout.ts';
import { statusCommand } from './status.ts';

export const authCommands: CommandGroup = {
  name: 'auth',
  summary: 'Log in, log out, and see as whom commands are given',
  commands: [loginCommand, statusCommand, logoutCommand],
};
