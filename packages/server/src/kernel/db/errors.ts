/** What can go wrong between us and PostgreSQL, told apart by what the caller may do about it. */

/**
 * COMMIT was sent and its answer was lost: the transaction may or may not be there. The caller asks by the unique key it
 * wrote (idempotency key, `flush_id`) before it does the same again.
 */
export class CommitUnknownError extends Error {
  override readonly name = 'CommitUnknownError';
}

/**
 * No connection, no answer or no lock in time. Nothing was committed, so the same request may come again.
 * `pool_full`: all connections were busy; `deadline`: the call's time was over; `locked`: another transaction held a lock.
 */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
  readonly reason: 'unreachable' | 'pool_full' | 'deadline' | 'locked';

  constructor(reason: DatabaseUnavailableError['reason'], message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** The server is too old for what our statements need. */
export class UnsupportedServerError extends Error {
  override readonly name = 'UnsupportedServerError';
}

/** The SQLSTATE of an error of PostgreSQL, or the code of a system error (`ECONNRESET`); undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** True when PostgreSQL asks for the whole transaction again: serialization failure, deadlock. */
export function isConflict(error: unknown): boolean {
  const code = errorCode(error);
  return code === '40001' || code === '40P01';
}

const lossCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOENT', // the socket file, while the server restarts
  '57P01',
  '57P02',
  '57P03', // shut down, crashed, still starting
  '53300', // too many connections
]);

/** pg reports a closed socket without a code. */
const lossMessages =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired|Query read timeout)/;

/** True when the connection, and with it the open transaction, is gone or was never there. */
export function isConnectionLoss(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined) return lossCodes.has(code) || code.startsWith('08');
  return error instanceof Error && lossMessages.test(error.message);
}

/** Timeouts that we set ourselves show as errors of the server; callers know them as "not available in time". */
export function asUnavailable(error: unknown): DatabaseUnavailableError | undefined {
  const code = errorCode(error);
  if (code === '57014')
    return new DatabaseUnavailableError('deadline', 'the database did not answer within the time of the call', error);
  if (code === '25P03')
    return new DatabaseUnavailableError('deadline', 'a transaction was left idle for too long', error);
  if (code === '55P03') return new DatabaseUnavailableError('locked', 'the database held a lock for too long', error);
  return undefined;
}
