/**
 * The configuration: one table, read once at the start, frozen, and handed on as arguments. The only place that reads the
 * environment. docs/reference/config.md is printed from it.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, type Environment, readSettings, type Values } from './kernel/config/read-settings.ts';
import {
  duration,
  integer,
  listOf,
  months,
  oneOf,
  optional,
  path,
  type Setting,
  type SettingType,
  size,
  textLike,
} from './kernel/config/setting.ts';
import { logLevels } from './kernel/log/log.ts';
import { roleNames } from './roles.ts';

const postgresUrl = textLike('an address such as postgres://user:password@host:5432/database', /^postgres(ql)?:\/\/.+/);
const origin = textLike('an origin such as https://app.example.com', /^https?:\/\/[^/\s*]+$/);
const address = textLike('a host, an address range such as 10.0.0.0/8, or host:port', /^[^\s/]+(\/\d{1,3})?$/);

export const settings = {
  port: setting('PORT', integer(0, 65_535), '8080', 'Port to listen on; 0 takes any free one.'),
  host: setting(
    'HOST',
    textLike('a host name or address', /^[^\s/]+$/),
    '127.0.0.1',
    'Address to listen on; 0.0.0.0 for all.',
  ),
  dataDir: setting(
    'CLOUDFLOW_DATA_DIR',
    path,
    './.cloudflow',
    'Where the embedded PostgreSQL keeps everything; relative to where the command was given.',
  ),
  databaseUrl: secret(
    'DATABASE_URL',
    optional(postgresUrl),
    'PostgreSQL (15 or newer) to use in place of the embedded one.',
  ),
  databaseDirectUrl: secret(
    'DATABASE_DIRECT_URL',
    optional(postgresUrl),
    'The same database past any pooler, for the writer, leases and migrations; DATABASE_URL when absent.',
  ),
  databasePoolSize: setting(
    'CLOUDFLOW_DATABASE_POOL_SIZE',
    integer(2, 500),
    '10',
    'Most connections for everything but the writer of the engine.',
  ),
  blobs: setting(
    'CLOUDFLOW_BLOBS',
    oneOf('auto', 'postgres', 'disk'),
    'auto',
    'Where values over 256 KB and archives are kept: in the database, or as files in `blobs` in the data directory, which then all processes must share. `auto`: files beside the embedded PostgreSQL, else in the database.',
  ),
  masterKey: secret(
    'CLOUDFLOW_MASTER_KEY',
    optional(textLike('32 bytes in base64, as `openssl rand -base64 32` prints them', /^[A-Za-z0-9+/]{43}=$/)),
    'What encrypts credentials and sensitive values; the file `master.key` in the data directory, made at the first start, when absent. Processes that share a database need the same one. Keep a copy: without it nothing encrypted can be read.',
  ),
  masterKeyPrevious: secret(
    'CLOUDFLOW_MASTER_KEY_PREVIOUS',
    optional(textLike('32 bytes in base64', /^[A-Za-z0-9+/]{43}=$/)),
    'To change keys: the master key up to now, beside the new one, for one start.',
  ),
  bootstrapApiKey: secret(
    'CLOUDFLOW_BOOTSTRAP_API_KEY',
    optional(textLike('cfk_live_ and 32 letters or digits', /^cfk_live_[A-Za-z0-9]{32}$/)),
    'An administrator key to make at the start, for automation and tests.',
  ),
  roles: setting('CLOUDFLOW_ROLES', listOf(oneOf('all', ...roleNames)), 'all', 'What this process does; also --roles.'),
  egressAllow: setting('CLOUDFLOW_EGRESS_ALLOW', listOf(address), '', 'Private addresses that actions may reach.'),
  idempotencyTtlMs: setting(
    'CLOUDFLOW_IDEMPOTENCY_TTL',
    duration('1m', '365d'),
    '7d',
    'How long an Idempotency-Key is remembered.',
  ),
  retentionMonths: setting(
    'CLOUDFLOW_RETENTION',
    months(1, 1_200),
    '12',
    'For how many whole months executions are kept after their end. Older ones are archived, then dropped; `forever` keeps all.',
  ),
  archiveDir: absent(
    'CLOUDFLOW_ARCHIVE_DIR',
    path,
    'A directory for the archive of old executions, which all processes share; with the large values (CLOUDFLOW_BLOBS) when absent.',
  ),
  corsOrigins: setting('CLOUDFLOW_CORS_ORIGINS', listOf(origin), '', 'Origins whose pages may call the API.'),
  maxBodyBytes: setting('CLOUDFLOW_MAX_BODY', size('1KB', '64MB'), '1MB', 'Largest body of a request.'),
  maxInFlight: setting(
    'CLOUDFLOW_MAX_IN_FLIGHT',
    integer(1, 1_000_000),
    '10000',
    'Most executions that one process drives at the same time; more starts are refused with 503.',
  ),
  maxStreams: setting(
    'CLOUDFLOW_MAX_STREAMS',
    integer(0, 100_000),
    '1000',
    'Most streams of events that one process holds open; more are refused with 503.',
  ),
  maxStreamsPerTenant: setting(
    'CLOUDFLOW_MAX_STREAMS_PER_TENANT',
    integer(0, 100_000),
    '200',
    'Most of them for one tenant; more are refused with 429.',
  ),
  maxOutputBytes: setting('CLOUDFLOW_MAX_OUTPUT', size('1KB', '64MB'), '1MB', 'Largest output of a step.'),
  functionWorkers: setting(
    'CLOUDFLOW_FUNCTION_WORKERS',
    integer(1, 64),
    '2',
    'Threads that run the code of `function` steps.',
  ),
  leaseMs: setting(
    'CLOUDFLOW_LEASE',
    duration('2s', '5m'),
    '6s',
    'How long a process owns its shards without renewing: the time after which another takes over.',
  ),
  drainTimeoutMs: setting(
    'CLOUDFLOW_DRAIN_TIMEOUT',
    duration('0s', '10m'),
    '25s',
    'How long a stop waits for attempts that run; their executions are driven by other processes meanwhile.',
  ),
  logLevel: setting('CLOUDFLOW_LOG_LEVEL', oneOf(...logLevels), 'info', 'Least important line that is logged.'),
  logFormat: setting(
    'CLOUDFLOW_LOG_FORMAT',
    oneOf('auto', 'json', 'pretty'),
    'auto',
    'One JSON object a line, or one readable line; `auto` is readable on a terminal.',
  ),
};

export type Config = Omit<Values<typeof settings>, 'logFormat'> & { readonly logFormat: 'json' | 'pretty' };

/** Read by the command line, by clients and by the acceptance program from the same environment. */
const foreign = ['URL', 'API_KEY', 'API_KEY_FILE', 'PROFILE', 'OUTPUT'].map((name) => `CLOUDFLOW_${name}`);

export type ConfigSource = {
  readonly environment: Environment;
  /** Given as `--roles`. */
  readonly roles?: string;
  readonly isTerminal: boolean;
  readonly cwd: string;
};

/** What this process was started with. `npm start` has moved to where the command was given. */
export function processSource(roles?: string): ConfigSource {
  const cwd = process.env.INIT_CWD ?? process.cwd();
  return {
    environment: process.env,
    isTerminal: process.stdout.isTTY === true,
    cwd,
    ...(roles !== undefined && { roles }),
  };
}

/** What was given as an argument counts for more. */
export function environmentOf({ environment, roles }: ConfigSource): Environment {
  return roles === undefined ? environment : { ...environment, [settings.roles.key]: roles };
}

/** @throws ConfigError with every problem found */
export function readConfig(source: ConfigSource): Config {
  const { isTerminal, cwd } = source;
  const values = readSettings(settings, environmentOf(source), {
    prefix: 'CLOUDFLOW_',
    foreign,
    readFile: (path) => readFileSync(path, 'utf8'),
  });
  if (values.databaseDirectUrl !== null && values.databaseUrl === null) {
    throw new ConfigError([`${settings.databaseDirectUrl.key}: is given without ${settings.databaseUrl.key}`]);
  }
  const logFormat = values.logFormat === 'auto' ? (isTerminal ? 'pretty' : 'json') : values.logFormat;
  const archiveDir = values.archiveDir === null ? null : resolve(cwd, values.archiveDir);
  return Object.freeze({ ...values, dataDir: resolve(cwd, values.dataDir), archiveDir, logFormat });
}

function setting<T>(key: string, type: SettingType<T>, preset: string, text: string): Setting<T> {
  return { key, type, default: preset, text };
}

function absent<T>(key: string, type: SettingType<T>, text: string): Setting<T | null> {
  return { key, type: optional(type), default: null, text };
}

function secret<T>(key: string, type: SettingType<T>, text: string): Setting<T> {
  return { key, type, default: null, text, secret: true };
}
