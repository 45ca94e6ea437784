/** What a worker tells of itself, and what its actions tell: to the logger of whoever runs it; pino and its like fit. */
import type { ActionLog } from '../action.ts';

export type WorkerLogger = {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
};

const nothing = (): void => undefined;
export const silent: WorkerLogger = { debug: nothing, info: nothing, warn: nothing };

/** Lines of a try, with what they belong to. */
export function actionLog(logger: WorkerLogger, ids: Readonly<Record<string, unknown>>): ActionLog {
  return {
    debug: (fields, message) => logger.debug({ ...fields, ...ids }, message),
    info: (fields, message) => logger.info({ ...fields, ...ids }, message),
    warn: (fields, message) => logger.warn({ ...fields, ...ids }, message),
  };
}
