/** Makes a `Database`: the pool, and around each call its deadline and its retries. */
import pg from 'pg';
import { sql } from '../sql/sql.ts';
import { attemptRead, attemptTransaction, type Outcome } from './attempt.ts';
import type { CallOptions, Database, DatabaseLog, DirectOptions, Ping } from './database.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import {
  asUnavailable,
  CommitUnknownError,
  DatabaseUnavailableError,
  isConflict,
  isConnectionLoss,
  UnsupportedServerError,
} from './errors.ts';
import { type BoundedPool, createPool, typeParsers } from './pool.ts';

export type DatabaseOptions = {
  /** May go through a transaction pooler. */
  readonly url: string;
  /** Reaches the server itself; sessions need it. Default: `url`. */
  readonly directUrl?: string;
  readonly poolSize: number;
  readonly log: DatabaseLog;
  readonly onReconnect?: () => void;
};

const defaultTimeoutMs = 10_000;
const defaultAttempts = 5;
const oldestServer = 15;

export function createDatabase(options: DatabaseOptions): Database {
  const pool = createPool({
    url: options.url,
    size: options.poolSize,
    log: options.log,
    ...(options.onReconnect ? { onReconnect: options.onReconnect } : {}),
  });
  const database: Database = {
    transaction: (as, work, callOptions = {}) => {
      const readOnly = callOptions.readOnly ?? false;
      return withRetries(pool, callOptions, (client, deadline) =>
        attemptTransaction(client, { as, readOnly, deadline, work }),
      );
    },
    query: <T>(
      as: Parameters<Database['query']>[0],
      query: Parameters<Database['query']>[1],
      callOptions: CallOptions = {},
    ) => withRetries(pool, callOptions, (client, deadline) => attemptRead<T>(client, query, { as, deadline })),
    connectDirect: (purpose, direct = {}) => connectDirect(options, purpose, direct),
    ping: () => ping(database),
    poolState: pool.state,
    close: pool.close,
  };
  return database;
}

async function withRetries<T>(
  pool: BoundedPool,
  options: CallOptions,
  once: (client: pg.PoolClient, deadline: Deadline) => Promise<Outcome<T>>,
): Promise<T> {
  const deadline = createDeadline(options.timeoutMs ?? defaultTimeoutMs, options.signal);
  const attempts = options.attempts ?? defaultAttempts;
  try {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await tryOnce(pool, deadline, once);
      if (outcome.ok) return outcome.value;
      if (outcome.error instanceof CommitUnknownError) throw outcome.error;
      deadline.check(); // the caller hears that time was up, not how the connection broke because of it
      if (!isWorthRepeating(outcome) || attempt >= attempts) throw finalError(outcome, attempt);
      await pause(deadline, isConflict(outcome.cause) ? 5 : 50, attempt);
    }
  } finally {
    deadline.release();
  }
}

/** Not having got a connection is an outcome like any other: it may be worth a second try. */
async function tryOnce<T>(
  pool: BoundedPool,
  deadline: Deadline,
  once: (client: pg.PoolClient, deadline: Deadline) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  try {
    return await pool.withClient(deadline, async (client) => {
      const result = await once(client, deadline);
      return { keep: result.ok || result.usable, result };
    });
  } catch (error) {
    return { ok: false, error, cause: error, usable: false };
  }
}

type Failure = Extract<Outcome<unknown>, { ok: false }>;

function isWorthRepeating({ cause }: Failure): boolean {
  return isConflict(cause) || isConnectionLoss(cause);
}

function finalError({ error, cause }: Failure, attempts: number): unknown {
  if (isConnectionLoss(cause))
    return new DatabaseUnavailableError('unreachable', `no connection to the database, tried ${attempts} times`, cause);
  if (isConflict(cause))
    return new DatabaseUnavailableError('locked', `other transactions were in the way, tried ${attempts} times`, cause);
  return error === cause ? (asUnavailable(error) ?? error) : error;
}

/** Exponential with full jitter, at most a second: those that collided do not meet again. */
async function pause(deadline: Deadline, baseMs: number, attempt: number): Promise<void> {
  const longest = Math.min(1_000, baseMs * 2 ** attempt);
  const wait = Promise.withResolvers<void>();
  const timer = setTimeout(wait.resolve, longest * (0.5 + Math.random() / 2));
  try {
    await deadline.race(wait.promise);
  } finally {
    clearTimeout(timer);
  }
}

async function connectDirect(options: DatabaseOptions, purpose: string, direct: DirectOptions): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: options.directUrl ?? options.url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    pipeline: true, // a query that times out then closes the connection: nobody may go on in an unknown state
    query_timeout: direct.queryTimeoutMs ?? 15_000,
    application_name: `cloudflow ${purpose}`,
    types: typeParsers,
  });
  client.on('error', (error) => options.log.warn({ err: error, purpose }, 'a direct database connection was lost'));
  await client.connect();
  if (direct.role !== 'owner') await client.query('set role cloudflow_engine');
  return client;
}

async function ping(database: Database): Promise<Ping> {
  const started = performance.now();
  const [row] = await database.query<{ version: number }>(
    { role: 'owner' },
    sql`select current_setting('server_version_num')::int as version`,
    { timeoutMs: 3_000, attempts: 2 },
  );
  const serverVersion = Math.floor((row?.version ?? 0) / 10_000);
  assertSupported(serverVersion);
  return { serverVersion, roundTripMs: performance.now() - started };
}

/** Throws with what to do when the server's major version is too old. */
export function assertSupported(serverVersion: number): void {
  if (serverVersion >= oldestServer) return;
  throw new UnsupportedServerError(
    `CloudFlow needs PostgreSQL ${oldestServer} or newer, but DATABASE_URL points at PostgreSQL ${serverVersion}: upgrade that server, or leave DATABASE_URL unset to use the embedded one`,
  );
}
