/**
 * The log: one JSON object a line on standard output (or one readable line on a terminal), with secrets masked whoever
 * passes them. Metrics say how much and how fast; the log says what happened to whom, by `correlation_id`.
 */
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { createPrettyStream } from './pretty.ts';

export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(bindings: Readonly<Record<string, unknown>>): Logger;
};

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type LogOptions = {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
};

/** Field names that are masked at the top and one level down, in any of the ways they are commonly written. */
const secretFields = [
  'authorization',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'X-API-Key',
  'password',
  'passwd',
  'secret',
  'client_secret',
  'clientSecret',
  'token',
  'access_token',
  'refresh_token',
  'accessToken',
  'refreshToken',
  'api_key',
  'apiKey',
  'private_key',
  'privateKey',
  'connectionString',
  'databaseUrl',
];
const paths = secretFields.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]);

export function createLog({ level, format, destination }: LogOptions): Logger {
  // Synchronous: the last line before a crash is the one that is needed.
  const sink = destination ?? pino.destination({ dest: 1, sync: true });
  const out = format === 'pretty' ? createPrettyStream(sink) : sink;
  return pino(
    {
      level,
      base: { pid: process.pid },
      redact: { paths, censor: '[masked]' },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      // Both names are in use by libraries.
      errorKey: 'error',
      serializers: { error: errorFields, err: errorFields },
    },
    out,
  );
}

/** Libraries hang whole clients and sockets on their errors: of what an error holds, only texts and numbers are written. */
function errorFields(error: Error): unknown {
  const fields: unknown = pino.stdSerializers.err(error);
  if (typeof fields !== 'object' || fields === null || !(error instanceof Error)) return fields;
  const isPlain = (name: string, value: unknown) =>
    name === 'aggregateErrors' || typeof value !== 'object' || value === null;
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => isPlain(name, value)));
}

/** For tests, and wherever there is nobody to read. */
export const silentLog: Logger = pino({ level: 'silent' });
