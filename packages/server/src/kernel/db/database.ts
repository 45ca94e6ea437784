/**
 * The contract of the database: transactions under a role and a tenant, with deadlines and retries. Made by `createDatabase`.
 *
 * Types of values: `int8` (identity ids, epochs, counts) is read as `bigint`, `int4` and `int2` as `number`, `timestamptz` as
 * `Date`, `uuid` as a lower-case string, `bytea` as `Buffer`, `json` text columns as the text they are. `bigint` may be
 * passed as a parameter, also inside arrays.
 */
import type pg from 'pg';
import type { Sql } from '../sql/sql.ts';

/** The tenant that exists from the first migration on; an installation without tenants uses it alone. */
export const defaultTenantId = '00000000-0000-7000-8000-000000000001';

/**
 * In whose name a transaction runs. `app` sees the rows of one tenant (or, to authenticate, the one API key with that
 * hash); `engine` sees the engine's tables of all tenants and nothing else; `owner` is the connecting user: migrations,
 * bootstrap, maintenance.
 */
export type As =
  | { readonly role: 'app'; readonly tenantId: string }
  | { readonly role: 'app'; readonly apiKeyHash: Buffer }
  | { readonly role: 'engine' }
  | { readonly role: 'owner' };

/** An open transaction. Statements that do not need each other's results may be sent together (`Promise.all`): they are pipelined. */
export type Tx = {
  rows<T>(query: Sql): Promise<T[]>;
  /** The first row, if there is one. */
  row<T>(query: Sql): Promise<T | undefined>;
  /** How many rows the statement touched. */
  execute(query: Sql): Promise<number>;
};

export type CallOptions = {
  /** Ends the call at once: the connection is thrown away, the server rolls back, and `signal.reason` is thrown. */
  readonly signal?: AbortSignal;
  /** For the whole call, waiting for a connection and all tries included. Default 10,000. */
  readonly timeoutMs?: number;
  /** Tries in all, on serialization failures, deadlocks and lost connections. Default 5. */
  readonly attempts?: number;
};

export type TransactionOptions = CallOptions & { readonly readOnly?: boolean };

export type Database = {
  /**
   * Runs `work` in one transaction, and all of it again when PostgreSQL asks for that (40001, 40P01) or the connection is
   * lost before COMMIT was sent: `work` must touch nothing outside the transaction.
   *
   * Throws `CommitUnknownError` when the answer to COMMIT was lost, `DatabaseUnavailableError` when there was no
   * connection, no answer or no lock in time; whatever else `work` throws rolls back and is thrown on.
   */
  transaction<T>(as: As, work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** One read-only statement in a transaction of its own, in one round trip. */
  query<T>(as: As, query: Sql, options?: CallOptions): Promise<T[]>;
  /**
   * A connection of its own outside the pool, on the direct URL, for what needs a session (lanes, leases, migrations).
   * The caller ends it. Losing it is logged and shows as `end`; its queries fail after 15 s without an answer.
   */
  connectDirect(purpose: string, options?: DirectOptions): Promise<pg.Client>;
  /** Asks the server once; throws `DatabaseUnavailableError`, or `UnsupportedServerError` before PostgreSQL 15. */
  ping(): Promise<Ping>;
  /** Connections of the pool, for metrics. */
  poolState(): PoolState;
  /** Waits for open transactions (at most 5 s), then closes all pooled connections. */
  close(): Promise<void>;
};

export type DirectOptions = {
  /** The role of the session. Default `engine`. */
  readonly role?: 'engine' | 'owner';
  /** Default 15,000. */
  readonly queryTimeoutMs?: number;
};

export type Ping = { readonly serverVersion: number; readonly roundTripMs: number };
export type PoolState = {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  readonly size: number;
};

/** What this folder needs of a log; pino's logger is one. */
export type DatabaseLog = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
};
