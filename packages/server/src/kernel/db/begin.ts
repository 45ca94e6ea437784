/** The text that opens a transaction: role, tenant and timeouts, set for this transaction only. */
import pg from 'pg';
import type { As } from './database.ts';

export type BeginOptions = { readonly readOnly: boolean; readonly timeoutMs: number };

/**
 * A lock that is not had within this time is an outage of somebody else's making: better a 503 than a queue of waiters.
 * Shorter than the call's own time, so that the caller hears that it was a lock.
 */
const lockTimeout = (timeoutMs: number): number => Math.max(1, Math.floor(Math.min(4_000, timeoutMs * 0.8)));

/**
 * One simple query of two statements, so that it is one message, needs no named statement (transaction poolers), and BEGIN
 * comes first: should the settings fail, the transaction is aborted and every statement pipelined behind is refused.
 * Everything is `set local` (the third argument): a connection carries nothing over to the next transaction.
 */
export function beginStatement(as: As, options: BeginOptions): string {
  const timeout = Math.max(1, Math.ceil(options.timeoutMs));
  const settings = [
    ...identity(as),
    ['statement_timeout', String(timeout)],
    ['lock_timeout', String(lockTimeout(timeout))],
    ['idle_in_transaction_session_timeout', String(timeout)],
  ] as const;
  const calls = settings.map(([name, value]) => `set_config('${name}', ${pg.escapeLiteral(value)}, true)`);
  return `begin${options.readOnly ? ' read only' : ''}; select ${calls.join(', ')}`;
}

function identity(as: As): readonly (readonly [string, string])[] {
  if (as.role === 'owner')
    return [
      ['role', 'none'],
      ['app.tenant', ''],
      ['app.api_key_hash', ''],
    ];
  if (as.role === 'engine')
    return [
      ['role', 'cloudflow_engine'],
      ['app.tenant', ''],
      ['app.api_key_hash', ''],
    ];
  const tenant = 'tenantId' in as ? tenantId(as.tenantId) : '';
  const hash = 'apiKeyHash' in as ? as.apiKeyHash.toString('hex') : '';
  return [
    ['role', 'cloudflow_app'],
    ['app.tenant', tenant],
    ['app.api_key_hash', hash],
  ];
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Refused here rather than by a cast inside a policy, where the message would name neither the value nor the caller. */
function tenantId(value: string): string {
  if (!uuid.test(value)) throw new TypeError(`expected a tenant id that is a UUID, but got ${JSON.stringify(value)}`);
  return value;
}
