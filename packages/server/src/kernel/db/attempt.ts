/**
 * One try of a transaction on one connection: BEGIN with its settings, the work, COMMIT.
 *
 * BEGIN is not waited for: the first statement of the work follows it in the same round trip. If BEGIN's settings fail, the
 * server refuses what follows (25P02), and BEGIN's own error is the one that is reported.
 */
import type pg from 'pg';
import type { Sql } from '../sql/sql.ts';
import { beginStatement } from './begin.ts';
import type { As, Tx } from './database.ts';
import type { Deadline } from './deadline.ts';
import { CommitUnknownError, errorCode, isConnectionLoss } from './errors.ts';

export type Attempt<T> = {
  readonly as: As;
  readonly readOnly: boolean;
  readonly deadline: Deadline;
  readonly work: (tx: Tx) => Promise<T>;
};

/** What became of a try. `cause` of a failure is the database's error, if there was one, also where the work wrapped it. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown; readonly cause: unknown; readonly usable: boolean };

export async function attemptTransaction<T>(client: pg.PoolClient, attempt: Attempt<T>): Promise<Outcome<T>> {
  const session = openSession(client, attempt);
  try {
    const value = await attempt.deadline.race(attempt.work(session.tx));
    session.close();
    await attempt.deadline.race(session.begun);
    await commit(client, attempt);
    return { ok: true, value };
  } catch (error) {
    session.close();
    const beginError = await session.beginFailure(error);
    const usable = !(error instanceof CommitUnknownError) && (await rollback(client, attempt.deadline));
    return { ok: false, error: beginError ?? error, cause: beginError ?? session.failure() ?? error, usable };
  }
}

/** A single read: BEGIN, statement and COMMIT leave together and cost one round trip. */
export async function attemptRead<T>(
  client: pg.PoolClient,
  query: Sql,
  attempt: Omit<Attempt<T>, 'work' | 'readOnly'>,
): Promise<Outcome<T[]>> {
  const begun = client.query(begin(attempt.as, true, attempt.deadline));
  const answer = client.query(query.text, [...query.values]);
  const committed = client.query('commit'); // after a failed statement the server takes it for a rollback
  const all = Promise.allSettled([begun, answer, committed]);
  try {
    const settled = await attempt.deadline.race(all);
    const failed = settled.find((result) => result.status === 'rejected');
    if (failed !== undefined)
      return { ok: false, error: failed.reason, cause: failed.reason, usable: !isConnectionLoss(failed.reason) };
    return { ok: true, value: (await answer).rows as T[] };
  } catch (error) {
    return { ok: false, error, cause: error, usable: false };
  }
}

function begin(as: As, readOnly: boolean, deadline: Deadline): string {
  return beginStatement(as, { readOnly, timeoutMs: deadline.remainingMs() });
}

function openSession(client: pg.PoolClient, attempt: Pick<Attempt<unknown>, 'as' | 'readOnly' | 'deadline'>) {
  let closed = false;
  let failure: unknown;
  const begun = client.query(begin(attempt.as, attempt.readOnly, attempt.deadline));
  begun.catch(() => undefined); // read in `beginFailure`, after the work has failed for the same reason

  const send = async (query: Sql): Promise<pg.QueryResult> => {
    if (closed) throw new Error('the transaction is over: a statement was sent after its work had ended');
    try {
      return await client.query(query.text, [...query.values]);
    } catch (error) {
      failure ??= error;
      throw error;
    }
  };
  const tx: Tx = {
    rows: async <T>(query: Sql) => (await send(query)).rows as T[],
    row: async <T>(query: Sql) => (await send(query)).rows[0] as T | undefined,
    execute: async (query) => (await send(query)).rowCount ?? 0,
  };
  return {
    tx,
    begun,
    close() {
      closed = true;
    },
    failure: () => failure,
    /** Why BEGIN failed, when the error at hand only says that the transaction was aborted by it. */
    beginFailure: (error: unknown): Promise<unknown> =>
      errorCode(error) === '25P02'
        ? begun.then(
            () => undefined,
            (reason: unknown) => reason,
          )
        : Promise.resolve(undefined),
  };
}

async function commit(client: pg.PoolClient, attempt: Pick<Attempt<unknown>, 'readOnly' | 'deadline'>): Promise<void> {
  attempt.deadline.check(); // last point at which nothing can have been committed
  let result: pg.QueryResult;
  try {
    result = await attempt.deadline.race(client.query('commit'));
  } catch (error) {
    // An answer of the server other than "I am going down" says that nothing was committed.
    const answered = errorCode(error) !== undefined && !isConnectionLoss(error);
    if (answered || attempt.readOnly) throw error;
    throw new CommitUnknownError('the answer to COMMIT was lost: the transaction may or may not be stored', {
      cause: error,
    });
  }
  if (result.command !== 'COMMIT') {
    throw new Error(
      'the transaction was rolled back, because a statement in it had failed and its error was not passed on',
    );
  }
}

/** True when the connection may be used again. A rollback that does not come back soon costs the connection. */
async function rollback(client: pg.PoolClient, deadline: Deadline): Promise<boolean> {
  if (deadline.remainingMs() <= 0) return false;
  try {
    await deadline.race(client.query('rollback'));
    return true;
  } catch {
    return false;
  }
}
