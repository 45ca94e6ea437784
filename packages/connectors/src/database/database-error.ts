/** From what a driver threw to what the step fails with, and whether another try may help. */
import type { Json } from '@cloudflow/core/json.ts';
import { ActionError, RetryableError } from '@cloudflow/sdk/index.ts';

export type DatabaseFacts = {
  readonly message: string;
  readonly sqlstate: string;
  /** Without values of the data: names of constraint, table and column, the position in the statement. */
  readonly details?: Readonly<Record<string, Json>>;
  readonly cause?: unknown;
};

/**
 * Nothing of the statement has stayed, and the cause may pass: no connection, transaction rolled back (serialization,
 * deadlock), no resources, another holds what is needed, the server goes down or comes up.
 */
const passing = /^(080..|40...|53...|55006|55P03|57P0.|58030)$/;

export function databaseError(
  { message, sqlstate, details = {}, cause }: DatabaseFacts,
  mayPass = passing.test(sqlstate),
) {
  const facts = { code: 'database', details: { sqlstate, ...details }, cause };
  return mayPass ? new RetryableError(message, facts) : new ActionError(message, facts);
}

export function connectionError(about: string, cause: unknown): ActionError {
  if (cause instanceof ActionError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new RetryableError(`The connection to ${about} failed: ${text}`, { code: 'network', cause });
}

export function statementTooSlow(timeoutMs: number, cause: unknown): ActionError {
  return new RetryableError(`The statement took longer than ${timeoutMs} ms`, { code: 'timeout', cause });
}

export function tooManyRows(maxRows: number): ActionError {
  return tooLarge(`The statement gives more than ${maxRows} rows: ask for fewer, or raise \`max_rows\``);
}

export function tooManyBytes(maxBytes: number): ActionError {
  return tooLarge(`The rows have more than ${maxBytes} bytes: ask for fewer rows or columns`);
}

function tooLarge(message: string): ActionError {
  return new ActionError(message, { code: 'response_too_large' });
}
