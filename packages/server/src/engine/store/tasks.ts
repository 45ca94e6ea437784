/**
 * Tasks as workers see them: claimed, kept, answered, given back. Each statement changes the task and tells its execution by a
 * row of the inbox, together. A holder is known by the token of his claim: who lost the task, or answered it, matches no row.
 */
import type { Tx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

export type ClaimedTask = {
  readonly id: string;
  readonly executionId: string;
  readonly leaseToken: string;
  readonly leaseUntil: Date;
  readonly deadline: Date;
  readonly timeoutMs: bigint;
  readonly attempt: number;
  readonly atMostOnce: number;
  readonly type: string;
  readonly path: string;
  readonly workflow: string;
  readonly idempotencyKey: string;
  readonly correlationId: string;
  /** JSON text, or that encrypted. */
  readonly input: string;
};

export type Claim = {
  readonly tenantId: string;
  readonly worker: string;
  readonly types: readonly string[];
  readonly limit: number;
  readonly leaseMs: number;
};

const milliseconds = (value: number) => sql`${value}::float8 * interval '1 millisecond'`;

/**
 * Type by type, in the order given, until there are enough: no row is locked that is not taken, so that nobody passes over a
 * task which stays. `lateral` with a limit reads the index of the queue from its head, however many wait behind.
 */
export function claimTasks(tx: Tx, { tenantId, worker, types, limit, leaseMs }: Claim): Promise<ClaimedTask[]> {
  return tx.rows(sql`
    with picked as materialized (
      select q.id from unnest(${types}::text[]) w (type), lateral (
        select t.id from tasks t
         where t.tenant_id = ${tenantId} and t.type = w.type and t.state = 0
         order by t.priority, t.offered_at, t.id limit ${limit} for update skip locked) q
       limit ${limit}),
    taken as (
      update tasks t
         set state = 1, worker = ${worker}, lease_token = gen_random_uuid(), claimed_at = clock_timestamp(),
             deadline = clock_timestamp() + t.timeout_ms * interval '1 millisecond',
             lease_until = clock_timestamp() + least(${milliseconds(leaseMs)}, t.timeout_ms * interval '1 millisecond')
        from picked where t.id = picked.id
      returning t.*),
    told as (
      insert into execution_inbox (shard, execution_id, kind, payload)
      select shard, execution_id, 'task_claimed', json_build_object('try', try, 'by', worker)::text from taken)
    select id, execution_id as "executionId", lease_token as "leaseToken", lease_until as "leaseUntil", deadline,
           timeout_ms as "timeoutMs", attempt,
           at_most_once as "atMostOnce", type, path, workflow, idempotency_key as "idempotencyKey",
           correlation_id as "correlationId", input
      from taken order by priority, offered_at, id`);
}

/** A task in the hands of somebody: its id, and the token of his claim. */
export type HeldTask = { readonly id: string; readonly leaseToken: string };

export type HeldState = {
  readonly id: string;
  readonly state: 'running' | 'cancel' | 'gone';
  readonly leaseUntil: Date | null;
};

/**
 * What somebody else writes to at this moment is passed over, and has its old lease: the next heartbeat finds it. So this never
 * waits for a flush that withdraws several, nor a flush for this.
 */
export function extendLeases(
  tx: Tx,
  {
    tenantId,
    held,
    leaseMs,
  }: { readonly tenantId: string; readonly held: readonly HeldTask[]; readonly leaseMs: number },
): Promise<HeldState[]> {
  const ids = held.map(({ id }) => id);
  const tokens = held.map(({ leaseToken }) => leaseToken);
  return tx.rows(sql`
    with asked as materialized (select * from unnest(${ids}::uuid[], ${tokens}::uuid[]) a (id, token)),
    alive as materialized (
      select t.id from tasks t join asked on t.id = asked.id and t.lease_token = asked.token
       where t.tenant_id = ${tenantId} and t.state = 1 order by t.id for update of t skip locked),
    extended as (
      update tasks t set lease_until = least(clock_timestamp() + ${milliseconds(leaseMs)}, t.deadline)
        from alive where t.id = alive.id returning t.id, t.lease_until)
    select asked.id, coalesce(extended.lease_until, t.lease_until) as "leaseUntil",
           case when t.id is null or t.state = 2 or t.state = 3 and not t.stop then 'gone'
                when t.stop then 'cancel' else 'running' end as state
      from asked left join tasks t on t.id = asked.id and t.lease_token = asked.token and t.tenant_id = ${tenantId}
                 left join extended on extended.id = asked.id`);
}

export type TaskIdentity = {
  readonly id: string;
  readonly executionId: string;
  readonly name: string;
  readonly path: string;
  readonly attempt: number;
  readonly isSealed: boolean;
};

const identity = sql`t.id, t.execution_id as "executionId", t.try as name, t.path, t.attempt,
  starts_with(t.input, '!') as "isSealed"`;

/** Those that are the caller's. */
export function findAllHeld(tx: Tx, tenantId: string, held: readonly HeldTask[]): Promise<TaskIdentity[]> {
  const ids = held.map(({ id }) => id);
  const tokens = held.map(({ leaseToken }) => leaseToken);
  return tx.rows(sql`
    select ${identity} from tasks t join unnest(${ids}::uuid[], ${tokens}::uuid[]) a (id, token)
        on t.id = a.id and t.lease_token = a.token where t.tenant_id = ${tenantId}`);
}

/** Undefined when there is no such task, or somebody else has it. */
export function findHeld(tx: Tx, tenantId: string, { id, leaseToken }: HeldTask): Promise<TaskIdentity | undefined> {
  return tx.row(sql`
    select ${identity} from tasks t
     where t.tenant_id = ${tenantId} and t.id = ${id} and t.lease_token = ${leaseToken}`);
}

/**
 * The answer of the holder, once: true also for a repeat of it whose first answer was lost. A lease that is over and that nobody
 * has taken is still the holder's.
 */
export async function answerTask(
  tx: Tx,
  tenantId: string,
  { id, leaseToken, as, payload }: HeldTask & { readonly as: 'completed' | 'failed'; readonly payload: string },
): Promise<boolean> {
  const row = await tx.row<{ readonly answered: boolean; readonly before: boolean }>(sql`
    with mine as (
      update tasks set state = 2, ended_at = clock_timestamp(), ended_as = ${as}
       where tenant_id = ${tenantId} and id = ${id} and lease_token = ${leaseToken} and state = 1
      returning shard, execution_id),
    told as (
      insert into execution_inbox (shard, execution_id, kind, payload)
      select shard, execution_id, 'task_ended', ${payload} from mine)
    select exists (select from mine) as answered,
           exists (select from tasks where tenant_id = ${tenantId} and id = ${id} and lease_token = ${leaseToken}
                      and state = 2 and ended_as = ${as}) as before`);
  return row !== undefined && (row.answered || row.before);
}

/** Given back by who holds them; what he does not hold (any more) is passed over. The executions that hear of it. */
export async function returnTasks(tx: Tx, tenantId: string, held: readonly HeldTask[]): Promise<string[]> {
  const ids = held.map(({ id }) => id);
  const tokens = held.map(({ leaseToken }) => leaseToken);
  const rows = await tx.rows<{ readonly executionId: string }>(sql`
    with mine as materialized (
      select t.id from tasks t join unnest(${ids}::uuid[], ${tokens}::uuid[]) a (id, token)
                            on t.id = a.id and t.lease_token = a.token
       where t.tenant_id = ${tenantId} and t.state = 1 order by t.id for update of t skip locked),
    returned as (
      update tasks t set state = 3, ended_at = clock_timestamp(), ended_as = 'returned'
        from mine where t.id = mine.id returning t.shard, t.execution_id, t.try),
    told as (
      insert into execution_inbox (shard, execution_id, kind, payload)
      select shard, execution_id, 'task_lost', json_build_object('try', try, 'why', 'returned')::text from returned)
    select execution_id as "executionId" from returned`);
  return rows.map(({ executionId }) => executionId);
}
