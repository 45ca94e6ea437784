/** A command to an execution, durable when this returns: its owner finds it in the inbox. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import type { CommandKind } from '../engine.ts';
import { shardOf } from '../execution-id.ts';

export type Command = {
  readonly tenantId: string;
  readonly executionId: string;
  readonly kind: CommandKind;
  /** JSON text. */
  readonly payload: string;
};

/** `ending`: it has failed or was cancelled already, and is at its last steps. */
export type CommandAnswer = 'accepted' | 'ending' | 'ended' | 'not_found';

/**
 * One statement: the command is stored only if the execution of that tenant has not ended when it is read. One that ends
 * in the same moment still gets the row, and deletes it unheard. A command that would only say again what the last unheard
 * one says is accepted and not stored: however often somebody asks, and however long nobody hears it, it is one row.
 */
export async function insertCommand(
  database: Database,
  { tenantId, executionId, kind, payload }: Command,
): Promise<CommandAnswer> {
  type Found = { readonly finished: boolean; readonly accepted: boolean };
  const found = await database.transaction({ role: 'engine' }, (tx) =>
    tx.row<Found>(sql`
      with target as (
        select id, finished_at is not null as finished, phase is not null as ending from workflow_executions where id = ${executionId} and tenant_id = ${tenantId}),
      unheard as (
        select kind from execution_inbox
         where shard = ${shardOf(executionId)}::smallint and execution_id = ${executionId} and kind in ('cancel', 'pause', 'resume')
         order by id desc limit 1),
      said as (select from unheard, target where kind = ${kind} and not finished),
      stored as (
        insert into execution_inbox (shard, execution_id, kind, payload)
        select ${shardOf(executionId)}::smallint, id, ${kind}, ${payload} from target
         where not finished and not (ending and ${kind} = 'cancel') and not exists (select from said) returning id)
      select finished, exists (select from stored) or exists (select from said) as accepted from target`),
  );
  if (found === undefined) return 'not_found';
  if (found.accepted) return 'accepted';
  return found.finished ? 'ended' : 'ending';
}
