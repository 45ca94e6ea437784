/** What an action tells of a task: to the logger of the worker, and gathered for the server, which shows it beside the execution. */
import type { ActionLog } from '../action.ts';
import type { TasksFailParams } from '../client/index.ts';
import type { WorkerLogger } from './worker-log.ts';

type Line = NonNullable<TasksFailParams['logs']>[number];

export type TaskLog = {
  readonly log: ActionLog;
  /** What was gathered since; more than the server takes at once is dropped, and counted in a line. */
  take(): readonly Line[];
};

const MOST_AT_ONCE = 100;
const MOST_MESSAGE = 2_000;
const MOST_FIELDS = 50;

export function createTaskLog(logger: WorkerLogger, ids: Readonly<Record<string, unknown>>): TaskLog {
  let lines: Line[] = [];
  let dropped = 0;

  const write =
    (level: keyof ActionLog): ActionLog[typeof level] =>
    (fields, message) => {
      logger[level]({ ...fields, ...ids }, message);
      if (level === 'debug') return;
      if (lines.length >= MOST_AT_ONCE - 1) {
        dropped += 1;
        return;
      }
      const first = Object.fromEntries(Object.entries(fields).slice(0, MOST_FIELDS));
      lines.push({ level, message: message.slice(0, MOST_MESSAGE), fields: first, at: new Date().toISOString() });
    };

  return {
    log: { debug: write('debug'), info: write('info'), warn: write('warn') },
    take() {
      const taken = lines;
      if (dropped > 0) taken.push({ level: 'warn', message: `${dropped} more lines were told, and not sent.` });
      lines = [];
      dropped = 0;
      return taken;
    },
  };
}
