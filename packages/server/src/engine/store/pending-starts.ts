/**
 * Starts that were stored by a process which does not own their shard, or had no room: they have not begun. All of this is
 * served by an index that holds nothing else, and reads a bounded part of it however many wait: it is asked four times a second.
 */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

/** The starts of one tenant with one priority, oldest first; `after` is the id from which on they are looked at. */
export type StartQueue = { readonly tenant: string; readonly priority: number; readonly after: string };

export type FoundStarts = {
  readonly tenant: string;
  readonly priority: number;
  /** In the shards that were asked for, oldest first. */
  readonly ids: readonly string[];
  /** When there were none in all that was looked at, and there is more: the last that was looked at. Else null. */
  readonly passed: string | null;
};

/** So many entries of the index are looked at for a few that are ours: those of other owners stand among them. */
const WINDOW = 10_000;

/**
 * Rows are compared, and ordered by all of the key, so that no other index can serve: through the one of the tenant's
 * executions, or that of ids, a planner that expects many to wait would read all that have ended, too.
 */
const inQueue = sql`e.status = 0 and (e.tenant_id, e.priority, e.id) > (q.tenant, q.priority, q.after)
                    and (e.tenant_id, e.priority) <= (q.tenant, q.priority)`;

/** Tenants of whom starts wait, by id, from the first behind `after` on. Goes from one tenant to the next by the index. */
export async function tenantsWithStarts(database: Database, after: string, limit: number): Promise<string[]> {
  const rows = await database.query<{ tenant: string }>(
    { role: 'engine' },
    sql`
    with recursive waiting (tenant, n) as (
      select ${after}::uuid, 0
    union all
      select (select e.tenant_id from workflow_executions e
               where e.status = 0 and e.tenant_id > waiting.tenant order by e.tenant_id, e.priority limit 1), n + 1
        from waiting where waiting.tenant is not null and n < ${limit}
    )
    select tenant from waiting where n > 0 and tenant is not null order by n`,
  );
  return rows.map(({ tenant }) => tenant);
}

/** The first `each` of each queue that are in these shards, without those that are known. */
export function startsOf(
  database: Database,
  queues: readonly StartQueue[],
  of: { readonly shards: readonly number[]; readonly known: readonly string[]; readonly each: number },
): Promise<FoundStarts[]> {
  return database.query(
    { role: 'engine' },
    sql`
    select q.tenant, q.priority, coalesce(found.ids, '{}') as ids,
           case when found.ids is null then
             (select e.id from workflow_executions e where ${inQueue}
               order by e.tenant_id, e.priority, e.id offset ${WINDOW - 1} limit 1)
           end as passed
      from unnest(${queues.map(({ tenant }) => tenant)}::uuid[], ${queues.map(({ priority }) => priority)}::int2[],
                  ${queues.map(({ after }) => after)}::uuid[]) q (tenant, priority, after),
           lateral (select array_agg(o.id order by o.id) as ids
                      from (select w.id
                              from (select e.id, e.shard from workflow_executions e where ${inQueue}
                                     order by e.tenant_id, e.priority, e.id limit ${WINDOW}) w
                             where w.shard = any (${of.shards}::int2[]) and w.id <> all (${of.known}::uuid[])
                             limit ${of.each}) o) found
     where found.ids is not null or exists (
       select from workflow_executions e where ${inQueue} order by e.tenant_id, e.priority, e.id limit 1)`,
  );
}
