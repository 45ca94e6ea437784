/** An administrator's intervention in an execution, durable when this returns: its owner finds it in the inbox. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { shardOf } from '../execution-id.ts';

export type StoredIntervention = {
  readonly tenantId: string;
  readonly executionId: string;
  /** JSON text: `{ by, reason, deed }`. */
  readonly payload: string;
};

/** So many may wait for the owner of the shard: people are slower than that, and what loops is held back. */
const MOST_UNHEARD = 100;

/** `not_started`: there is nothing to intervene in yet, and what was accepted would be lost. */
export type InterventionAnswer = 'accepted' | 'not_started' | 'ended' | 'not_found' | 'full';

/** One statement, as for a command. */
export async function insertIntervention(
  database: Database,
  { tenantId, executionId, payload }: StoredIntervention,
): Promise<InterventionAnswer> {
  type Found = { readonly finished: boolean; readonly started: boolean; readonly accepted: boolean };
  const shard = shardOf(executionId);
  const found = await database.transaction({ role: 'engine' }, (tx) =>
    tx.row<Found>(sql`
      with target as (
        select id, finished_at is not null as finished, started_at is not null as started from workflow_executions
         where id = ${executionId} and tenant_id = ${tenantId}),
      unheard as (
        select count(*) as rows from (
          select from execution_inbox
           where shard = ${shard}::smallint and execution_id = ${executionId} and kind = 'intervene' limit ${MOST_UNHEARD}) i),
      stored as (
        insert into execution_inbox (shard, execution_id, kind, payload)
        select ${shard}::smallint, id, 'intervene', ${payload} from target, unheard
         where started and not finished and rows < ${MOST_UNHEARD} returning id)
      select finished, started, exists (select from stored) as accepted from target`),
  );
  if (found === undefined) return 'not_found';
  if (found.accepted) return 'accepted';
  if (found.finished) return 'ended';
  return found.started ? 'full' : 'not_started';
}
