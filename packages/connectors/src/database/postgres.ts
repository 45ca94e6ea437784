/** A session of PostgreSQL. */
import type { Duplex } from 'node:stream';
import type { ActionTcp } from '@cloudflow/sdk/index.ts';
import pg from 'pg';
import { connectionError, databaseError, statementTooSlow, tooManyBytes, tooManyRows } from './database-error.ts';
import { readerOf } from './postgres-value.ts';
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

export const openPostgres: OpenSession = async (tcp, place, limits) => {
  const client = await connected(tcp, place, limits);
  const session: Session = {
    run: (statement) => run(client, statement, { place, limits, cancel: () => session.cancel() }),
    begin: () => command(client, 'begin', place, limits),
    commit: () => command(client, 'commit', place, limits),
    cancel: () => cancel(tcp, client, place),
    close: () => withoutWaitingLong(client.end()),
  };
  return session;
};

/** What of a session differs through a pooler, which refuses settings that it does not know. */
type Settings = { readonly statement_timeout?: number; readonly options: string };

async function connected(tcp: ActionTcp, place: DatabasePlace, { timeoutMs }: Limits): Promise<pg.Client> {
  // With the deadline at the server, a statement ends even when this process dies in the middle.
  const settings = {
    statement_timeout: timeoutMs,
    options: '-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601',
  };
  try {
    return await login(tcp, place, settings);
  } catch (error) {
    if (isUnknownSetting(error)) return login(tcp, place, { options: '' }).catch(rethrow(place, timeoutMs));
    throw asActionError(error, place, timeoutMs);
  }
}

/** Everything is given, because the driver would look for what is not in the environment and files of the server. */
async function login(tcp: ActionTcp, place: DatabasePlace, settings: Settings): Promise<pg.Client> {
  const { socket: opened, isPublic } = await tcp.connect(place);
  const socket = opened as Duplex;
  // The driver connects its stream by itself: this one is connected, and says so when it is asked.
  const stream = Object.assign(socket, {
    connect() {
      queueMicrotask(() => socket.emit('connect'));
      return socket;
    },
  });
  const { host, port, user, password, database } = place;
  const client = new pg.Client({
    ...{ host, port, user, database, ...settings },
    password: () => password,
    ssl: tlsOptions(place, isPublic),
    stream: () => stream,
    application_name: 'CloudFlow',
    client_encoding: 'UTF8',
  });
  // What breaks while nothing is asked is met by the next question.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
  return client;
}

function isUnknownSetting(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '08P01' || error.code === '42704');
}

type Circumstances = { readonly place: DatabasePlace; readonly limits: Limits; readonly cancel: () => Promise<void> };

function run(client: pg.Client, { sql, params }: Statement, at: Circumstances): Promise<StatementResult> {
  const { place, limits } = at;
  const rows: Record<string, unknown>[] = [];
  let names: readonly string[] | undefined;
  let tooMuch: Error | undefined;
  const stop = (reason: Error): void => {
    if (tooMuch) return;
    tooMuch = reason;
    // The rest is not wanted, and may be without end; it ends with the session when it cannot be cancelled.
    at.cancel().catch(() => client.end());
  };
  const types = countingTypes(limits.maxBytes, () => stop(tooManyBytes(limits.maxBytes)));
  return new Promise((resolve, reject) => {
    const query = new pg.Query({
      text: sql,
      values: [...params],
      rowMode: 'array',
      types,
      // One statement and no more, also without params.
      queryMode: 'extended',
    } as pg.QueryArrayConfig);
    query.on('row', (row: unknown, result) => {
      if (tooMuch) return;
      if (rows.length >= limits.maxRows) return stop(tooManyRows(limits.maxRows));
      names ??= distinctNames((result?.fields ?? []).map(({ name }) => name));
      const values = row as readonly unknown[];
      rows.push(Object.fromEntries(names.map((name, at) => [name, values[at]])));
    });
    query.on('end', (result) => (tooMuch ? reject(tooMuch) : resolve({ rows, row_count: result.rowCount ?? 0 })));
    query.on('error', (error) => reject(tooMuch ?? asActionError(error, place, limits.timeoutMs)));
    client.query(query);
  });
}

/** Readers of values that count the bytes they are given. */
function countingTypes(maxBytes: number, onTooMany: () => void): pg.CustomTypesConfig {
  let bytes = 0;
  const getTypeParser = (type: number) => {
    const read = readerOf(type);
    return (text: string) => {
      bytes += text.length;
      if (bytes > maxBytes) {
        onTooMany();
        return null;
      }
      return read(text);
    };
  };
  return { getTypeParser } as pg.CustomTypesConfig;
}

async function command(client: pg.Client, text: 'begin' | 'commit', place: DatabasePlace, { timeoutMs }: Limits) {
  await client.query(text).catch(rethrow(place, timeoutMs));
}

const cancelRequest = 80877102;

/** The key of the session is what authorizes it; the server closes the connection when it has read it. */
async function cancel(tcp: ActionTcp, client: pg.Client, place: DatabasePlace): Promise<void> {
  const { processID, secretKey } = client as pg.Client & { readonly processID: number; readonly secretKey: number };
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(cancelRequest, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);
  const connection = await tcp.connect(place, { toCancel: true });
  const socket = connection.socket as Duplex;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resume().end(message);
  await withoutWaitingLong(closed);
}

function rethrow(place: DatabasePlace, timeoutMs: number) {
  return (error: unknown): never => {
    throw asActionError(error, place, timeoutMs);
  };
}

const queryCanceled = '57014';

function asActionError(error: unknown, { host, port }: DatabasePlace, timeoutMs: number): Error {
  if (!(error instanceof pg.DatabaseError)) return connectionError(`${host}:${port}`, error);
  if (error.code === queryCanceled) return statementTooSlow(timeoutMs, error);
  const { constraint, table, column, position } = error;
  const known = Object.entries({ constraint, table, column, position });
  const details = Object.fromEntries(known.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
  return databaseError({ message: error.message, sqlstate: error.code ?? '', details });
}
