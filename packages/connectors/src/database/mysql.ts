/** A session of MySQL or MariaDB. */
import type { ActionTcp } from '@cloudflow/sdk/index.ts';
import mysql, { type Connection, type FieldPacket, type QueryError } from 'mysql2';
import { connectionError, databaseError, statementTooSlow, tooManyBytes, tooManyRows } from './database-error.ts';
import { jsonValue, parameter } from './mysql-value.ts';
import {
  type DatabasePlace,
  distinctNames,
  type Limits,
  type OpenSession,
  type Session,
  type Statement,
  type StatementResult,
  tlsOptions,
  withoutWaitingLong,
} from './session.ts';

export const openMysql: OpenSession = async (tcp, place, limits) => {
  const connection = await login(tcp, place, limits.timeoutMs);
  const command = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      connection.query(text, (error) => (error ? reject(asActionError(error, place, limits.timeoutMs)) : resolve()));
    });
  const session: Session = {
    run: (statement) => run(connection, statement, { place, limits, cancel: () => session.cancel() }),
    begin: () => command('start transaction'),
    commit: () => command('commit'),
    cancel: () => cancel(tcp, connection.threadId ?? 0, { place, timeoutMs: limits.timeoutMs }),
    close: () => withoutWaitingLong(new Promise<void>((resolve) => connection.end(() => resolve()))),
  };
  await prepare(command, limits.timeoutMs);
  return session;
};

const unknownVariable = 'ER_UNKNOWN_SYSTEM_VARIABLE';

/** Times in UTC, and a deadline at the server: MariaDB and MySQL have other names for it, and that of MySQL is for `select` only. */
async function prepare(command: (text: string) => Promise<void>, timeoutMs: number): Promise<void> {
  const utc = `set session time_zone = '+00:00'`;
  await command(`${utc}, max_statement_time = ${timeoutMs / 1000}`).catch(async (error: unknown) => {
    const cause = error instanceof Error ? (error.cause as Partial<QueryError> | undefined) : undefined;
    if (cause?.code !== unknownVariable) throw error;
    await command(`${utc}, max_execution_time = ${Math.ceil(timeoutMs)}`);
  });
}

async function login(
  tcp: ActionTcp,
  place: DatabasePlace,
  timeoutMs: number,
  options: { readonly toCancel?: boolean } = {},
): Promise<Connection> {
  const { socket, isPublic } = await tcp.connect(place, options);
  const { host, port, user, password, database } = place;
  const tls = tlsOptions(place, isPublic);
  const connection = mysql.createConnection({
    ...{ host, port, user, password, database, stream: socket },
    ...(tls === false ? {} : { ssl: { ...tls, rejectUnauthorized: true, verifyIdentity: true } }),
    charset: 'utf8mb4',
    supportBigNumbers: true,
    dateStrings: true,
    multipleStatements: false,
    // The server may ask for any file of this machine in answer to a statement.
    flags: ['-LOCAL_FILES'],
    connectTimeout: timeoutMs,
  });
  // What breaks while nothing is asked is met by the next question.
  connection.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    connection.connect((error) => {
      if (!error) return resolve(connection);
      connection.destroy();
      reject(asActionError(error, place, timeoutMs));
    });
  });
}

type Circumstances = { readonly place: DatabasePlace; readonly limits: Limits; readonly cancel: () => Promise<void> };

function run(connection: Connection, { sql, params }: Statement, at: Circumstances): Promise<StatementResult> {
  const { place, limits } = at;
  const rows: Record<string, unknown>[] = [];
  let fields: readonly FieldPacket[] = [];
  let names: readonly string[] = [];
  let bytes = 0;
  let changed: number | undefined;
  let tooMuch: Error | undefined;
  const stop = (reason: Error): void => {
    if (tooMuch) return;
    tooMuch = reason;
    // The rest is not wanted, and may be without end; it ends with the session when it cannot be cancelled.
    at.cancel().catch(() => connection.destroy());
  };
  const keep = (row: readonly unknown[]): void => {
    if (tooMuch) return;
    if (rows.length >= limits.maxRows) return stop(tooManyRows(limits.maxRows));
    const values = row.map((value, column) => jsonValue(value, fields[column]));
    bytes += values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
    if (bytes > limits.maxBytes) return stop(tooManyBytes(limits.maxBytes));
    rows.push(Object.fromEntries(names.map((name, column) => [name, values[column]])));
  };
  return new Promise((resolve, reject) => {
    const query = connection.execute({ sql, values: params.map(parameter), rowsAsArray: true });
    query.on('fields', (found: FieldPacket[] | undefined) => {
      if (found === undefined) return;
      fields = found;
      names = distinctNames(found.map(({ name }) => name));
    });
    query.on('result', (row: unknown) => {
      if (Array.isArray(row)) return keep(row);
      changed = (row as { readonly affectedRows: number }).affectedRows;
    });
    query.on('end', () => (tooMuch ? reject(tooMuch) : resolve({ rows, row_count: changed ?? rows.length })));
    query.on('error', (error: QueryError) => reject(tooMuch ?? asActionError(error, place, limits.timeoutMs)));
  });
}

async function cancel(
  tcp: ActionTcp,
  threadId: number,
  { place, timeoutMs }: { readonly place: DatabasePlace; readonly timeoutMs: number },
): Promise<void> {
  const connection = await login(tcp, place, timeoutMs, { toCancel: true });
  await withoutWaitingLong(new Promise<void>((resolve) => connection.query(`kill query ${threadId}`, () => resolve())));
  connection.destroy();
}

/** Interrupted, or past the deadline: by `kill`, of MySQL and of MariaDB. */
const stopped = new Set([1317, 3024, 1969]);
/** No place for another connection, the server goes down, another holds the lock: their SQLSTATE does not tell. */
const passing = new Set([1040, 1053, 1203, 1205, 1226, 3572]);

function asActionError(error: QueryError, { host, port }: DatabasePlace, timeoutMs: number): Error {
  const { errno, sqlState } = error;
  // The driver's own errors have a code and nothing of the server.
  if (sqlState === undefined || sqlState === '') return connectionError(`${host}:${port}`, error);
  if (stopped.has(errno ?? 0)) return statementTooSlow(timeoutMs, error);
  const facts = { message: error.message, sqlstate: sqlState, details: { errno: errno ?? 0 }, cause: error };
  return passing.has(errno ?? 0) ? databaseError(facts, true) : databaseError(facts);
}
