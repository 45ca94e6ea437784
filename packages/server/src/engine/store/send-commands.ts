/** A page of an operation that commands: the inbox rows and the note that they are there are one transaction. */
import type { Database, Tx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import type { CommandKind } from '../engine.ts';
import { shardOf } from '../execution-id.ts';
import type { OperationError, Taken } from '../operations/operation.ts';
import { pageDone } from './operations.ts';

export type CommandPage = {
  readonly worker: string;
  readonly taken: Taken;
  readonly kind: CommandKind;
  /** JSON text. */
  readonly payload: string;
  readonly ids: readonly [string, ...string[]];
};

/** False when the operation was cancelled, or another process is at it: nothing was sent. */
export function sendCommands(database: Database, page: CommandPage): Promise<boolean> {
  const { worker, taken, ids } = page;
  return database.transaction({ role: 'engine' }, async (tx) => {
    // Held until the commit: who cancels the operation comes before this page or after it.
    const mine = await tx.row(sql`
      select from operations where id = ${taken.id} and worker = ${worker} and status = 'RUNNING' for update`);
    if (mine === undefined) return false;
    const open = new Set((await insertCommands(tx, page)).map(({ id }) => id));
    const errors = ids.flatMap((id): OperationError[] =>
      open.has(id) ? [] : [{ execution_id: id, code: 'execution_ended' }],
    );
    await tx.execute(pageDone(worker, taken, { position: ids.at(-1) ?? ids[0], done: open.size, errors }));
    return true;
  });
}

/** Those that have not ended. As with a single command, one that would only say again what the last unheard one says is not stored. */
function insertCommands(tx: Tx, { taken: { tenantId }, kind, payload, ids }: CommandPage): Promise<{ id: string }[]> {
  const shards = [...new Set(ids.map(shardOf))];
  return tx.rows(sql`
    with target as (
      select id, shard from workflow_executions
       where tenant_id = ${tenantId} and id = any (${ids}::uuid[]) and finished_at is null),
    unheard as (
      select distinct on (execution_id) execution_id, kind from execution_inbox
       where shard = any (${shards}::int2[]) and execution_id = any (${ids}::uuid[]) and kind in ('cancel', 'pause', 'resume')
       order by execution_id, id desc),
    stored as (
      insert into execution_inbox (shard, execution_id, kind, payload)
      select t.shard, t.id, ${kind}, ${payload} from target t
       where not exists (select from unheard u where u.execution_id = t.id and u.kind = ${kind}))
    select id from target`);
}

/** Whether so many messages wait for the owners of shards that more would only wait behind them. */
export async function inboxIsLong(database: Database, most: number): Promise<boolean> {
  const [row] = await database.query<{ waiting: bigint }>(
    { role: 'engine' },
    sql`select count(*) as waiting from (select from execution_inbox limit ${most}) found`,
  );
  return Number(row?.waiting ?? 0) >= most;
}
