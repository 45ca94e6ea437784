/** A signal to an execution, durable when this returns: its owner finds it in the inbox. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { shardOf } from '../execution-id.ts';

export type StoredSignal = {
  readonly tenantId: string;
  readonly executionId: string;
  /** JSON text: `{ name, payload }`. */
  readonly payload: string;
};

/** So many may wait for a step of one execution, heard or not. */
export const mostKeptSignals = 1_000;

/**
 * One statement, as for a command. A signal counts from here until a step takes it: first as a row of the inbox, then in
 * `kept_signals`; one flush takes it out of the one and into the other, so that no snapshot misses it or sees it twice.
 * Nothing is locked: signals that come in the very same moment do not see each other, and may exceed the limit by their
 * number. A lock would make a queue of all senders to save a few rows; what is accepted is never dropped.
 */
export async function insertSignal(
  database: Database,
  { tenantId, executionId, payload }: StoredSignal,
): Promise<'accepted' | 'ended' | 'not_found' | 'full'> {
  type Found = { readonly finished: boolean; readonly accepted: boolean };
  const found = await database.transaction({ role: 'engine' }, (tx) =>
    tx.row<Found>(sql`
      with target as (
        select id, finished_at is not null as finished, coalesce(kept_signals, 0) as kept
          from workflow_executions where id = ${executionId} and tenant_id = ${tenantId}),
      unheard as (
        select count(*) as signals from (
          select from execution_inbox where execution_id = ${executionId} and kind = 'signal' limit ${mostKeptSignals}) i),
      stored as (
        insert into execution_inbox (shard, execution_id, kind, payload)
        select ${shardOf(executionId)}::smallint, id, 'signal', ${payload} from target, unheard
         where not finished and kept + signals < ${mostKeptSignals} returning id)
      select finished, exists (select 1 from stored) as accepted from target`),
  );
  if (found === undefined) return 'not_found';
  if (found.accepted) return 'accepted';
  return found.finished ? 'ended' : 'full';
}
