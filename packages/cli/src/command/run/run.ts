/** `cloudflow run`: runs of workflows, which the API calls executions. */
import type { CommandGroup } from '../../program/command.ts';
import { cancelCommand } from './cancel.ts';
import { eventsCommand } from './events.ts';
import { explainCommand } from './explain.ts';
import { getCommand } from './get.ts';
import { listCommand } from './list.ts';
import { logsCommand } from './logs.ts';
import { pauseCommand, resumeCommand } from './pause.ts';
import { retryCommand } from './retry.ts';
import { signalCommand } from './signal.ts';
import { startCommand } from './start.ts';
import { stepsCommand } from './steps.ts';
import { watchCommand } from './watch.ts';

export const runCommands: CommandGroup = {
  name: 'run',
  summary: 'Start runs of workflows, look at them, and step in',
  commands: [
    startCommand,
    listCommand,
    getCommand,
    watchCommand,
    stepsCommand,
    logsCommand,
    eventsCommand,
    explainCommand,
    cancelCommand,
    pauseCommand,
    resumeCommand,
    signalCommand,
    retryCommand,
  ],
};
