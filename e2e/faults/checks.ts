/**
 * The checks that must come out empty after any fault, as SQL over the engine's tables (docs/explanation of each beside
 * it). `journal` below is the journal with packed rows expanded to single events. A check that cannot fail proves
 * nothing: checks.db.test.ts plants the damage that each is for.
 */
export type Check = { readonly id: string; readonly says: string; readonly sql: string };

const journal = `journal as (
  select v.execution_id, v.seq, v.at, o.place, o.event, o.event ->> 'e' as kind, o.event ->> 's' as step,
         coalesce(o.event ->> 'p', '') as scope, coalesce((o.event ->> 'r')::int, 0) as round
    from execution_events v, json_array_elements(v.data::json) with ordinality as o (event, place))`;

export const checks: readonly Check[] = [
  {
    id: 'Q2',
    says: 'an idempotency key whose execution does not exist',
    sql: `select k.tenant_id, k.key from execution_keys k
           where not exists (select 1 from workflow_executions e where e.id = k.execution_id and e.tenant_id = k.tenant_id)`,
  },
  {
    id: 'Q3-gaps',
    says: 'a journal whose rows are not numbered 1, 2, 3, …',
    sql: `select execution_id from execution_events group by execution_id having count(*) <> max(seq) or min(seq) <> 1`,
  },
  {
    id: 'Q3-outcomes',
    says: 'a step run with more than one outcome',
    sql: `with ${journal}
          select execution_id, scope, step, round, count(*) from journal where kind in ('succeeded', 'failed', 'skipped')
           group by execution_id, scope, step, round having count(*) > 1`,
  },
  {
    id: 'Q3-started',
    says: 'an execution that was started more than once, or has events before its start',
    sql: `with ${journal}
          select execution_id from journal group by execution_id
          having count(*) filter (where kind = 'started') > 1
              or (count(*) filter (where kind = 'started') = 1 and (array_agg(kind order by seq, place))[1] <> 'started')`,
  },
  {
    id: 'Q5-keys',
    says: 'a try that began again after the outcome of its step was recorded',
    sql: `with ${journal}
          select b.execution_id, b.scope, b.step from journal b join journal o using (execution_id, scope, step, round)
           where b.kind = 'begun' and o.kind in ('succeeded', 'failed', 'skipped') and (b.seq, b.place) > (o.seq, o.place)`,
  },
  {
    id: 'Q7-end',
    says: 'an execution that ended twice, or went on after its end',
    sql: `with ${journal}
          select execution_id from journal group by execution_id
          having count(*) filter (where kind = 'ended') > 1
              or (count(*) filter (where kind = 'ended') = 1 and (array_agg(kind order by seq desc, place desc))[1] <> 'ended')`,
  },
  {
    id: 'Q8-status',
    says: 'a row whose status is not what its journal says',
    sql: `with ${journal}, ends as (select execution_id, event ->> 'st' as st from journal where kind = 'ended')
          select e.id from workflow_executions e left join ends on ends.execution_id = e.id
           where (case e.status when 2 then 'COMPLETED' when 3 then 'FAILED' when 4 then 'CANCELLED' end) is distinct from ends.st
              or (e.finished_at is null) <> (ends.st is null)`,
  },
  {
    id: 'Q8-orphans',
    says: 'a journal without its execution',
    sql: `select distinct v.execution_id from execution_events v where not exists (select 1 from workflow_executions e where e.id = v.execution_id)`,
  },
  {
    id: 'Q10-outbox',
    says: 'a lane whose flushes are not numbered without a gap',
    sql: `select lane from engine_commits group by lane having count(*) <> max(n) - min(n) + 1`,
  },
  {
    id: 'Q10-refs',
    says: 'a journal row that no flush names',
    sql: `select distinct v.execution_id from execution_events v
           where not exists (select 1 from engine_commits c where c.refs @> array[v.execution_id])`,
  },
  {
    id: 'Q12-stuck',
    says: 'a live execution with no owner, no timer and no named wait',
    sql: `select e.id from workflow_executions e join shards s on s.shard = e.shard
           where e.finished_at is null and e.wait_reason is null and e.created_at < now() - interval '1 minute'
             and (s.owner is null or s.lease_until < now())
             and not exists (select 1 from execution_timers t where t.execution_id = e.id)`,
  },
  {
    id: 'Q13-early',
    says: 'a wait that ended before it was due',
    sql: `with ${journal}
          select b.execution_id, b.step from journal b join journal o using (execution_id, scope, step, round)
           where b.kind = 'begun' and b.event ->> 'until' is not null and o.kind = 'succeeded'
             and o.event -> 'o' ->> 'waited_ms' is not null and (o.event ->> 'at')::bigint < (b.event ->> 'until')::bigint`,
  },
  {
    id: 'Q14-commands',
    says: 'a command left over for an execution that has ended',
    sql: `select i.id from execution_inbox i join workflow_executions e on e.id = i.execution_id
           where e.finished_at is not null and i.created_at < now() - interval '1 minute'`,
  },
  {
    id: 'Q15-timers',
    says: 'a timer of an execution that has ended',
    sql: `select t.execution_id, t.timer from execution_timers t join workflow_executions e on e.id = t.execution_id where e.finished_at is not null`,
  },
];

/** Runs all of them; the answer names each that found something, with what it found. */
export async function runChecks(
  rows: (sql: string) => Promise<readonly object[]>,
): Promise<Record<string, readonly object[]>> {
  const found: Record<string, readonly object[]> = {};
  for (const { id, says, sql } of checks) {
    const damage = await rows(sql);
    if (damage.length > 0) found[`${id}: ${says}`] = damage.slice(0, 5);
  }
  return found;
}
