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

/** One statement, as for a command. */
export async function insertIntervention(
  database: Database,
  { tenantId, executionId, payload }: StoredIntervention,
): Promise<'accepted' | 'ended' | 'not_found' | 'full'> {
  type Found = { readonly finished: boolean; readonly accepted: boolean };
  const shard = shardOf(executionId);
  const found = await database.transaction({ role: 'engine' }, (tx) =>
    tx.row<Found>(sql`
      with target as (
        select id, finished_at is not null as finished from workflow_executions
         where id = ${executionId} and tenant_id = ${tenantId}),
      unheard as (
        select count(*) as rows from (
          select from execution_inbox
           where shard = ${shard}::smallint and execution_id = ${executionId} and kind = 'intervene' limit ${MOST_UNHEARD}) i),
      stored as (
        insert into execution_inbox (shard, execution_id, kind, payload)
        select ${shard}::smallint, id, 'intervene', ${payload} from target, unheard
         where not finished and rows < ${MOST_UNHEARD} returning id)
      select finished, exists (select from stored) as accepted from target`),
  );
  if (found === undefined) return 'not_found';
  if (found.accepted) return 'accepted';
  return found.finished ? 'ended' : 'full';
}
