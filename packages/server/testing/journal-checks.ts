/**
 * The checks that must come out empty after any fault, as SQL over the engine's tables. A check that cannot fail proves
 * nothing: journal-checks.db.test.ts plants the damage that each is for.
 */
import pg from 'pg';
import { rowsOf } from '../src/engine/compaction/segment.ts';

export type Check = { readonly id: string; readonly says: string; readonly sql: string };

/** The journal with its packed rows expanded to single events; a run of a step is (execution_id, scope, step, round). */
const expanded = `
  select v.execution_id, v.seq, o.place, o.event, o.event ->> 'e' as kind, (o.event ->> 'at')::bigint as at,
         o.event ->> 's' as step, coalesce(o.event ->> 'p', '') as scope, coalesce((o.event ->> 'r')::int, 0) as round
    from pg_temp.whole_journal v, json_array_elements(readable_json(v.data)) with ordinality as o (event, place)`;
/** The rows of all journals, those in segments among them. */
const wholeRows = `select execution_id, seq, data from execution_events where not starts_with(data, '[{"e":"compacted"')`;
/** Expanded once for all checks: to read the JSON is what costs. */
const journal = 'journal as (select * from pg_temp.expanded_journal)';
/** What may happen to an execution that has not started: it waits for its place under a concurrency limit. */
const unstarted = `('adopted', 'asked', 'paused', 'resumed', 'signalled', 'cancel_requested', 'ended')`;
/** What retries took over from the journals of others: not among the events above. */
const adopted = `adopted as (
  select j.execution_id, o.event, o.event ->> 'e' as kind, o.event ->> 's' as step, coalesce(o.event ->> 'p', '') as scope,
         coalesce((o.event ->> 'r')::int, 0) as round
    from journal j, json_array_elements(j.event -> 'ev') as o (event) where j.kind = 'adopted')`;
const outcomes = `('succeeded', 'failed', 'skipped')`;
/** Whether an execution may be in the archive alone: its month was dropped. */
const dropped = (id: string) => `${id} < any (select before from retention_months where phase in ('dropping', 'done'))`;

export const checks: readonly Check[] = [
  {
    id: 'Q5-paused',
    says: 'a pause of a scope that was paused, or a step that began while a pause lasted',
    sql: `with ${journal}, changes as (
            select execution_id, seq, place, kind, coalesce(event ->> 'sc', 'execution') as sc,
                   sum(case kind when 'paused' then 1 when 'resumed' then -1 else 0 end)
                     over (partition by execution_id order by seq, place) as lasting,
                   sum(case kind when 'paused' then 1 when 'resumed' then -1 else 0 end)
                     over (partition by execution_id, case when kind in ('paused', 'resumed') then coalesce(event ->> 'sc', 'execution') end
                           order by seq, place) as of_scope
              from journal)
          select execution_id, seq, place from changes
           where kind in ('paused', 'resumed') and of_scope not in (0, 1) or kind = 'begun' and lasting > 0`,
  },
  {
    id: 'Q2-keys',
    says: 'an idempotency key whose execution does not exist, or one execution under two keys',
    sql: `select k.tenant_id, k.key from execution_keys k
           where not exists (select 1 from workflow_executions e where e.id = k.execution_id and e.tenant_id = k.tenant_id)
              or exists (select 1 from execution_keys o where o.execution_id = k.execution_id and o.key <> k.key)`,
  },
  {
    id: 'Q3-gaps',
    says: 'a journal whose rows are not numbered 1, 2, 3, …',
    sql: `select execution_id from pg_temp.whole_journal group by execution_id having count(*) <> max(seq) or min(seq) <> 1`,
  },
  {
    id: 'Q3-compacted',
    says: 'a row in the place of others that is not the first of its journal, or that counts other events than are in its segments',
    sql: `select c.execution_id, c.seq from (select execution_id, seq, data::json -> 0 as event from execution_events
                                       where starts_with(data, '[{"e":"compacted"')) c
           where (event ->> 'u')::int <> c.seq or (event -> 'seg' -> -1 ->> 0)::int <> c.seq
              or exists (select from execution_events v where v.execution_id = c.execution_id and v.seq < c.seq)
              or (event ->> 'n')::int <> (select count(*) from pg_temp.expanded_journal j where j.execution_id = c.execution_id and j.seq <= c.seq)`,
  },
  {
    id: 'Q3-outcomes',
    says: 'a run of a step with more than one outcome',
    sql: `with ${journal}
          select execution_id, scope, step, round, count(*) from journal where kind in ${outcomes}
           group by execution_id, scope, step, round having count(*) > 1`,
  },
  {
    id: 'Q3-started',
    says: 'an execution that was started twice, or did something before its start but ask for its place, and end',
    sql: `with ${journal}
          select execution_id from journal group by execution_id
          having count(*) filter (where kind = 'started') > 1
              or count(*) filter (where kind not in ${unstarted}) > 0
                 and (array_agg(kind order by seq, place) filter (where kind not in ${unstarted}))[1] <> 'started'`,
  },
  {
    id: 'Q4-again',
    says: 'a try that began after the outcome of its step was recorded',
    sql: `with ${journal}
          select b.execution_id, b.scope, b.step from journal b join journal o using (execution_id, scope, step, round)
           where b.kind in ('begun', 'retrying') and o.kind in ${outcomes} and (b.seq, b.place) > (o.seq, o.place)`,
  },
  {
    id: 'Q4-rounds',
    says: 'a round of a step before which no goto led back, or one that is missing between two others',
    sql: `with ${journal}, run as (
            select execution_id, scope, step, round, min(array[seq, place]) as first from journal
             where kind in ('begun', 'succeeded', 'failed', 'skipped') group by execution_id, scope, step, round)
          select execution_id, scope, step from run group by execution_id, scope, step having count(*) <> max(round) + 1
          union select r.execution_id, r.scope, r.step from run r where r.round > 0 and r.round > (
            select count(*) from journal g where g.execution_id = r.execution_id and g.scope = r.scope
               and g.event ->> 't' is not null and array[g.seq, g.place] < r.first)`,
  },
  {
    id: 'Q4-arrivals',
    says: 'an arrival that one run of a block took twice, or that had not come',
    sql: `with ${journal}, taken as (
            select j.execution_id, j.scope, j.step, j.round, f.value ->> 0 as arrived, (f.value ->> 1)::int as number
              from journal j, json_array_elements(event -> 'f') f where event -> 'f' is not null)
          select execution_id, step from taken group by execution_id, scope, step, round, arrived, number having count(*) > 1
          union select t.execution_id, t.step from taken t where not exists (
            select 1 from journal a where a.execution_id = t.execution_id and a.scope = t.scope and a.step = t.arrived
               and (a.kind = 'arrived' and (a.event ->> 'i')::int = t.number or a.kind in ('succeeded', 'skipped') and t.number = 0))`,
  },
  {
    id: 'Q6-places',
    says: 'a place at a gate, held or waited for, of an execution that has ended or is not there, and nobody on the way to give it up',
    sql: `select g.gate_id, g.execution_id, g.run from gate_entries g left join workflow_executions e on e.id = g.execution_id
           where (e.id is null or e.finished_at is not null)
             and not exists (select 1 from execution_inbox i where i.execution_id = g.gate_id and i.kind = 'gate_leave')`,
  },
  {
    id: 'Q6-limit',
    says: 'more that hold a gate than any of them allows',
    sql: `select gate_id from gate_entries where held group by gate_id having count(*) > min(most_held)`,
  },
  {
    id: 'Q6-standing',
    says: 'somebody who waits in front of a free place, and nothing on the way to the gate',
    sql: `select g.gate_id from gate_entries g
           where not exists (select 1 from execution_inbox i where i.execution_id = g.gate_id)
           group by g.gate_id
          having count(*) filter (where g.held)
                 < least(min(g.most_held) filter (where not g.held), min(g.most_held) filter (where g.held))
             and count(*) filter (where not g.held) > 0`,
  },
  {
    id: 'Q6-unasked',
    says: 'an execution that waits for its place, or a step for its lock, of which no gate knows',
    sql: `with ${journal}, asked as (
            select execution_id, '' as run from workflow_executions e join journal j on j.execution_id = e.id
             where j.kind = 'asked' and e.status = 5
          union all
            select j.execution_id, j.step from journal j join workflow_executions e on e.id = j.execution_id
             where j.kind = 'locking' and e.wait_reason = 8 and e.finished_at is null
               and not exists (select 1 from journal o where o.execution_id = j.execution_id and o.step = j.step
                                and o.scope = j.scope and o.round = j.round and o.kind in ('locked', 'succeeded', 'failed', 'skipped')))
          select a.execution_id, a.run from asked a
           where not exists (select 1 from gate_entries g where g.execution_id = a.execution_id
                              and (g.run = '' or g.run::json ->> 's' = a.run))
             and not exists (select 1 from execution_inbox i where i.kind in ('gate_ask', 'granted', 'turned_away'))`,
  },
  {
    id: 'Q4-adopted',
    says: 'a step whose outcome a retry adopted and that ran again all the same, or that it adopted twice',
    sql: `with ${journal}, ${adopted}
          select a.execution_id, a.scope, a.step from adopted a
           where a.kind in ${outcomes} and exists (
             select 1 from journal j where (j.execution_id, j.scope, j.step, j.round) = (a.execution_id, a.scope, a.step, a.round)
                and (j.kind in ('begun', 'retrying') or j.kind in ${outcomes}))
          union all
          select execution_id, scope, step from adopted where kind in ${outcomes}
           group by execution_id, scope, step, round having count(*) > 1`,
  },
  {
    id: 'Q7-end',
    says: 'an execution that ended twice, or went on after its end',
    sql: `with ${journal}
          select execution_id from journal group by execution_id
          having count(*) filter (where kind = 'ended') > 1
              or count(*) filter (where kind = 'ended') = 1 and (array_agg(kind order by seq desc, place desc))[1] <> 'ended'`,
  },
  {
    id: 'Q8-status',
    says: 'a row whose status or end is not what its journal says',
    sql: `with ${journal}, told as (
            select execution_id, max(event ->> 'st') filter (where kind = 'ended') as ended, bool_or(kind = 'started') as started
              from journal group by execution_id)
          select e.id, e.status, told.ended from workflow_executions e left join told on told.execution_id = e.id
           where (array['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'HELD'])[e.status + 1] is distinct from
                   coalesce(told.ended, case when told.started then 'RUNNING' when told.execution_id is null then 'PENDING' else 'HELD' end)
              or (e.finished_at is null) <> (told.ended is null)`,
  },
  {
    id: 'Q8-seq',
    says: 'a row that names a journal row which is not there',
    sql: `select e.id, e.seq from workflow_executions e
           where e.seq > coalesce((select max(v.seq) from execution_events v where v.execution_id = e.id), 0)`,
  },
  {
    id: 'Q8-orphans',
    says: 'a journal without its execution',
    sql: `select distinct v.execution_id from execution_events v
           where not exists (select 1 from workflow_executions e where e.id = v.execution_id)`,
  },
  {
    id: 'Q10-outbox',
    says: 'a lane whose flushes are not numbered without a gap',
    sql: `select lane from engine_commits group by lane having count(*) <> max(n) - min(n) + 1`,
  },
  {
    id: 'Q10-refs',
    says: 'a journal row that no flush names: each flush writes at most one of an execution',
    sql: `with named as (select id, count(*) as times from engine_commits, unnest(refs) as id group by id)
          select v.execution_id from execution_events v left join named on named.id = v.execution_id
           group by v.execution_id, named.times having count(*) > coalesce(named.times, 0)`,
  },
  {
    id: 'Q12-owner',
    says: 'a live execution that only an owner can move, and that has had none for long',
    sql: `select e.id, e.status from workflow_executions e join shards s on s.shard = e.shard
           where e.finished_at is null and e.wait_reason is null and e.created_at < now() - interval '1 minute'
             and (s.owner is null or s.lease_until < now() - interval '1 minute')`,
  },
  {
    id: 'Q12-wait',
    says: 'a wait for a time (delay, retry_backoff) without its timer',
    sql: `select e.id from workflow_executions e
           where e.finished_at is null and e.wait_reason in (3, 4)
             and not exists (select 1 from execution_timers t where t.execution_id = e.id)`,
  },
  {
    id: 'Q12-overdue',
    says: 'a timer that is long due and did not fire',
    sql: `select t.execution_id, t.timer from execution_timers t join workflow_executions e on e.id = t.execution_id
           where e.finished_at is null and t.due < now() - interval '1 minute'`,
  },
  {
    id: 'Q13-early',
    says: 'a wait that ended before it was due',
    sql: `with ${journal}
          select b.execution_id, b.step from journal b join journal o using (execution_id, scope, step, round)
           where b.kind = 'begun' and o.kind = 'succeeded' and o.event -> 'o' ->> 'waited_ms' is not null
             and o.at < (b.event ->> 'until')::bigint`,
  },
  {
    id: 'Q13-retry',
    says: 'a try that began before the wait for it was over',
    sql: `with ${journal}
          select r.execution_id, r.step from journal r join journal b using (execution_id, scope, step, round)
           where r.kind = 'retrying' and b.kind = 'begun' and (b.seq, b.place) > (r.seq, r.place)
             and b.at < (r.event ->> 'until')::bigint`,
  },
  {
    id: 'Q14-commands',
    says: 'a command left over for an execution that has ended',
    sql: `select i.id from execution_inbox i join workflow_executions e on e.id = i.execution_id
           where e.finished_at is not null and i.created_at < now() - interval '1 minute'`,
  },
  {
    id: 'Q14-signals',
    says: 'a signal that two steps took or that never came, or a count of kept signals that is not what the journal says',
    sql: `with ${journal}, ${adopted}, every as (
            select execution_id, kind, step, event from journal union all select execution_id, kind, step, event from adopted),
          heard as (select execution_id, (event ->> 'g')::int as signal from every where kind = 'signalled'),
          taken as (
            select execution_id, (event ->> 'g')::int as signal from every
             where kind = 'signalled' and step is not null or kind in ('begun', 'taken') and event ->> 'g' is not null),
          bad as (
            select execution_id from taken group by execution_id, signal having count(*) > 1
            union select execution_id from (table taken except table heard) never_came
            union select execution_id from heard group by execution_id, signal having count(*) > 1)
          select execution_id from bad
          union select e.id from workflow_executions e where e.finished_at is null and coalesce(e.kept_signals, 0) <>
            (select count(*) from heard h where h.execution_id = e.id) - (select count(*) from taken t where t.execution_id = e.id)`,
  },
  {
    id: 'Q15-values',
    says: 'a reference to a large value that is not in the database (where its home is)',
    sql: `with ${journal}, referred as (
            select execution_id, d.value as digest from journal, json_each_text(event -> 'big') d where event -> 'big' is not null
            union select e.id, substr(t.text, 2) from workflow_executions e, unnest(array[e.input, e.output, e.trigger]) t (text)
                   where left(t.text, 1) = '@')
          select execution_id, digest from referred
           where coalesce((select home from blob_home), 'postgres') = 'postgres' and not exists (
             select 1 from blobs b where b.area = 'executions' and b.owner = execution_id and b.digest = decode(referred.digest, 'hex'))`,
  },
  {
    id: 'Q16-called',
    says: 'a child that its parent did not call, or a call of what does not exist',
    sql: `with ${journal}, called as (
            select execution_id as parent, (event ->> 'id')::uuid as child from journal where kind = 'called'
            union all select execution_id, i.value::uuid from journal, json_array_elements_text(event -> 'ids') i
                       where kind = 'detached')
          select e.id from workflow_executions e
           where e.parent_id is not null and not ${dropped('e.parent_id')}
             and not exists (select 1 from called c where c.child = e.id and c.parent = e.parent_id)
          union select c.child from called c
                 where not ${dropped('c.child')} and not exists (select 1 from workflow_executions e where e.id = c.child)`,
  },
  {
    id: 'Q16-twice',
    says: 'a run of a step with two children',
    sql: `with ${journal}
          select execution_id, scope, step from journal where kind = 'called'
           group by execution_id, scope, step, round having count(*) > 1`,
  },
  {
    id: 'Q16-items',
    says: 'an item that was started as two executions, or passed over, or one whose row is of another item',
    sql: `with ${journal}, item as (
            select execution_id, scope, step, round, i.id::uuid as child, (event ->> 'i')::int + i.place - 1 as index
              from journal, json_array_elements_text(event -> 'ids') with ordinality as i (id, place) where kind = 'detached')
          select execution_id, step from item group by execution_id, scope, step, round having count(*) <> max(index) + 1
          union select execution_id, step from item group by execution_id, scope, step, round, index having count(*) > 1
          union select i.execution_id, i.step from item i join workflow_executions e on e.id = i.child
                 where (e.trigger::json ->> 'index')::int is distinct from i.index or e.trigger::json ->> 'step_id' is distinct from i.step`,
  },
  {
    id: 'Q16-heard',
    says: 'a child that has ended while its parent waits, and no message says so',
    sql: `with ${journal}
          select c.execution_id, c.event ->> 'id' from journal c
            join workflow_executions child on child.id = (c.event ->> 'id')::uuid
            join workflow_executions parent on parent.id = c.execution_id
           where c.kind = 'called' and child.finished_at is not null and parent.finished_at is null
             and not exists (
               select 1 from journal o where o.execution_id = c.execution_id and (o.scope, o.step, o.round) = (c.scope, c.step, c.round)
                  and (o.kind in ${outcomes} or o.kind = 'opened' and o.event ->> 'b' = 'error'))
             and not exists (
               select 1 from execution_inbox i where i.execution_id = c.execution_id and i.kind = 'child_ended'
                  and i.payload like '%' || child.id || '%')`,
  },
  {
    id: 'Q17-ahead',
    says: 'a snapshot of what is not in the journal',
    sql: `select s.execution_id, s.seq from execution_snapshots s
           where s.seq > coalesce((select max(v.seq) from execution_events v where v.execution_id = s.execution_id), 0)`,
  },
  {
    id: 'Q15-months',
    says: 'an execution that was not over when its month was dropped, and that is not there',
    sql: `select k.execution_id from retention_kept k
           where ${dropped('k.execution_id')}
             and not exists (select 1 from workflow_executions e where e.id = k.execution_id)`,
  },
  {
    id: 'Q15-inbox',
    says: 'a command, signal or message for an execution of a dropped month that is not there',
    sql: `select i.id, i.kind from execution_inbox i
           where i.kind not in ('gate_ask', 'gate_leave') and ${dropped('i.execution_id')}
             and not exists (select 1 from workflow_executions e where e.id = i.execution_id)`,
  },
  {
    id: 'Q15-timers',
    says: 'a timer of an execution that has ended, or does not exist',
    sql: `select t.execution_id, t.timer from execution_timers t left join workflow_executions e on e.id = t.execution_id
           where e.id is null or e.finished_at is not null`,
  },
  {
    id: 'Q12-tasks',
    says: 'an execution that waits for a worker, of whose task nobody can hear',
    sql: `select e.id from workflow_executions e
           where e.finished_at is null and e.wait_reason = 11
             and not exists (select from tasks t where t.execution_id = e.id and t.state < 2)
             and not exists (select from execution_inbox i where i.execution_id = e.id)`,
  },
  {
    id: 'Q15-tasks',
    says: 'a task that workers can take or have, of an execution that has ended, or does not exist',
    sql: `select t.execution_id, t.try from tasks t left join workflow_executions e on e.id = t.execution_id
           where t.state < 2 and (e.id is null or e.finished_at is not null)`,
  },
];

/** What is in segments, as far as they are in the database: one that is not, or that is damaged, leaves a gap. */
async function addSegments(rows: (sql: string) => Promise<readonly object[]>): Promise<void> {
  const stored = (await rows(`
    select c.execution_id as id, b.content from execution_events c, json_array_elements(c.data::json -> 0 -> 'seg') s (segment)
      join blobs b on true
     where starts_with(c.data, '[{"e":"compacted"') and b.area = 'executions' and b.owner = c.execution_id
       and b.digest = decode(s.segment ->> 1, 'hex')`)) as readonly { readonly id: string; readonly content: Buffer }[];
  for (const { id, content } of stored) {
    const older = await rowsOf(content).catch(() => []);
    const values = older.map(({ seq, data }) => `('${id}', ${seq}, ${pg.escapeLiteral(data)})`);
    if (values.length > 0) await rows(`insert into pg_temp.whole_journal values ${values.join()}`);
  }
}

/**
 * Runs all of them; the answer names each that found something, with what it found. `rows` asks one session, as the owner
 * of the tables.
 */
/**
 * `rows` asks one session, as the owner of the tables, inside a transaction that sees one moment: what is written meanwhile is
 * half of something to a check that began before.
 */
export async function runChecks(
  rows: (sql: string) => Promise<readonly object[]>,
): Promise<Record<string, readonly object[]>> {
  const found: Record<string, readonly object[]> = {};
  await rows('drop table if exists pg_temp.whole_journal, pg_temp.expanded_journal');
  await rows(`create temporary table whole_journal as ${wholeRows}`);
  await addSegments(rows);
  await rows(`create temporary table expanded_journal as ${expanded}`);
  await rows('create index on pg_temp.expanded_journal (execution_id, seq, place)');
  await rows('analyze pg_temp.expanded_journal');
  for (const { id, says, sql } of checks) {
    const damage = await rows(sql);
    if (damage.length > 0) found[`${id}: ${says}`] = damage.slice(0, 5);
  }
  return found;
}

/** The same in a transaction of its own. */
export async function checkAtOneMoment(
  rows: (sql: string) => Promise<readonly object[]>,
): Promise<Record<string, readonly object[]>> {
  await rows('begin isolation level repeatable read');
  try {
    return await runChecks(rows);
  } finally {
    await rows('commit'); // what was expanded is kept for who looks further
  }
}
