/** What to do about a flush that failed, by what PostgreSQL said. */
import pg from 'pg';

export type Verdict =
  /** Some value or row is refused, and only that one is to blame: it is looked for by halving. */
  | 'offender'
  /** A row found no partition to go to. */
  | 'no_partition'
  /** Nothing was written, and the same may succeed at once or soon. */
  | 'again'
  /** Nothing was written, and this session is not to be used again. It may be a row that breaks it. */
  | 'reconnect'
  /** Nothing was written; this server takes nothing from anybody as it is, and it is not the fault of any row. */
  | 'unfit'
  /** It may have been written: to be asked before anything is sent again. */
  | 'unknown';

export function judgeError(error: unknown): Verdict {
  const state = sqlStateOf(error);
  if (state === undefined || unknown.has(state) || state.startsWith('08')) return 'unknown';
  // A CHECK of ours has a name; a row without a partition has none.
  if (state === '23514' && (error as pg.DatabaseError).constraint === undefined) return 'no_partition';
  if (state === '57014') return 'again'; // the statement took too long, and was rolled back
  return byClass[state.slice(0, 2)] ?? 'reconnect';
}

/** The SQLSTATE of an error that the server sent; undefined for a connection that was lost or is silent. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/**
 * Data, integrity, and program limits are about the rows; conflicts and resources pass. A server that is read-only (25: a
 * standby that is not promoted yet), that lets us not in (28), has no such database (3D), tables or rights (42), is told to
 * go (57) or has a broken disk (58) is waited for, however long: to refuse what it does not take would fail everything that
 * is under way. The rest is about the session.
 */
const byClass: Readonly<Record<string, Verdict>> = {
  '22': 'offender',
  '23': 'offender',
  '54': 'offender',
  '40': 'again',
  '53': 'again',
  '55': 'again',
  '25': 'unfit',
  '28': 'unfit',
  '3D': 'unfit',
  '42': 'unfit',
  '57': 'unfit',
  '58': 'unfit',
};

/** Completion unknown; shutdown by an administrator, by a crash, or while coming up; the session was idle for too long. */
const unknown: ReadonlySet<string> = new Set(['40003', '57P01', '57P02', '57P03', '57P05']);
