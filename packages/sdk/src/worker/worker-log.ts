/** What a worker tells of itself, and what its actions tell: to the logger of whoever runs it; pino and its like fit. */
export type WorkerLogger = {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
};

const nothing = (): void => undefined;
export const silent: WorkerLogger = { debug: nothing, info: nothing, warn: nothing };
