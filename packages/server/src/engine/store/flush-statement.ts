/**
 * The text of a flush: one statement for everything that a lane has gathered, put together from the parts that this flush
 * has. An empty part is left out, because each costs its share of planning and of starting the executor.
 *
 * Why it is as it is, and what was tried instead: see "The flush" in README.md of the engine.
 * - `held` is the fence: FOR SHARE on the shard rows makes a takeover and a flush wait for each other, and the one that
 *   comes second sees what the first did. Comparing owner *and* epoch refuses an owner that lost a shard and took it again.
 *   It reads `shards` by its key with an array: joined with `unnest` the planner scans all shards for each element
 *   (5 ms instead of 0.1 ms). The epochs are an array over all 256 shards, whose index is the shard.
 * - Each part asks `(shard in (select shard from held)) is true`, a hashed sub-plan: a join is no fence (its other side may
 *   be read before the lock is had).
 * - All parts see one snapshot: `replayed` starts write nothing anywhere, and no part reads what another one writes.
 * - `heads` are updated in the month they are in, by the name of the partition: through the parent it costs 3 ms a flush.
 */
import {
  headColumnNames,
  type PartName,
  type Parts,
  startColumnNames,
  taskColumnNames,
} from '../journal/flush-columns.ts';

export type FlushStatement = { readonly name: string; readonly text: string };

/** Names of the partitions that hold the executions of the part `heads`; null: through the parent. */
export type HeadLeaves = readonly string[] | null;

/** The parameters that every flush has; those of its parts follow in the order of `partOrder`. */
const FIXED = {
  flushId: '$1::uuid',
  owner: '$2::uuid',
  shards: '$3::int2[]',
  shardCount: '$4::int8',
  epochs: '$5::int8[]',
  lane: '$6::uuid',
  n: '$7::int8',
  executions: '$8::uuid[]',
  executionShards: '$9::int2[]',
} as const;
const FIRST_OF_PARTS = 10;

/** Keys come first: a clause can only name those before it. */
export const partOrder: readonly PartName[] = [
  'keys',
  'starts',
  'rows',
  'heads',
  'armed',
  'disarmed',
  'ended',
  'consumed',
  'sent',
  'children',
  'tasks',
  'withdrawn',
  'places',
  'leaving',
];

/** `parts` in the order of `partOrder`, without the empty ones. */
export function flushStatement(parts: readonly Parts[PartName][], leaves: HeadLeaves): FlushStatement {
  const sources = new Map<PartName, string>();
  let first = FIRST_OF_PARTS;
  for (const part of parts) {
    sources.set(part.name, part.unnest(first));
    first += part.columnNames().length;
  }
  const keyed = sources.has('keys');
  const clauses = [held];
  for (const [name, source] of sources) clauses.push(...clausesOf[name]({ source, keyed, leaves }));
  clauses.push(logged(keyed));
  const months = sources.has('heads') ? `_${leaves === null ? 'parent' : leaves.map(suffix).join('_')}` : '';
  return {
    name: `flush_${[...sources.keys()].map((name) => partLetter[name]).join('')}${months}`,
    text: `with ${clauses.join(',\n')}\n${answer(keyed)}`,
  };
}

const held = `held as materialized (
  select s.shard from shards s
   where s.shard = any (${FIXED.shards}) and s.owner = ${FIXED.owner} and s.epoch = (${FIXED.epochs})[s.shard + 1]
   order by s.shard for share)`;

const ours = (shard: string) => `(${shard} in (select shard from held)) is true`;
const notReplayed = (id: string, keyed: boolean) =>
  keyed ? ` and (${id} in (select execution_id from replayed)) is not true` : '';

type Clause = { readonly source: string; readonly keyed: boolean; readonly leaves: HeadLeaves };

const clausesOf: Readonly<Record<PartName, (clause: Clause) => readonly string[]>> = {
  // A start is not fenced: that of a shard which is not ours is stored PENDING. `offset 0` keeps `ours` from being
  // worked out once for each column that asks for it.
  starts: ({ source, keyed }) => [
    `started as (
  insert into workflow_executions (${[...startColumnNames, ...headColumnNames].join(', ')})
  select ${[...startColumnNames, ...headColumnNames.map(whenOurs)].join(', ')}
    from (select *, ${ours('shard')} as ours from ${source} offset 0) s
   where true${notReplayed('id', keyed)})`,
  ],
  // The lane's flushes lock keys in one order, and never wait for each other in a circle.
  keys: ({ source }) => [
    `asked as materialized (select * from ${source})`,
    `keyed as (
  insert into execution_keys (execution_id, tenant_id, key, hash)
  select execution_id, tenant_id, key, hash from asked order by tenant_id, key
  on conflict do nothing returning execution_id)`,
    `replayed as materialized (
  select execution_id from asked where (execution_id in (select execution_id from keyed)) is not true)`,
  ],
  rows: ({ source, keyed }) => [
    `appended as (
  insert into execution_events (execution_id, seq, data)
  select execution_id, seq, data from ${source} where ${ours('shard')}${notReplayed('execution_id', keyed)})`,
  ],
  heads: ({ source, leaves }) =>
    (leaves ?? ['workflow_executions']).map(
      (table) => `moved_${suffix(table)} as (
  update ${table} e set ${headColumnNames.map((name) => `${name} = heads.${name}`).join(', ')}
    from ${source} where e.id = heads.execution_id and ${ours('heads.shard')})`,
    ),
  armed: ({ source, keyed }) => [
    `armed_timers as (
  insert into execution_timers (execution_id, shard, timer, due)
  select execution_id, shard, timer, due from ${source} where ${ours('shard')}${notReplayed('execution_id', keyed)}
  on conflict (execution_id, timer) do update set due = excluded.due)`,
  ],
  disarmed: ({ source }) => [
    `disarmed_timers as (
  delete from execution_timers t using ${source}
   where t.execution_id = disarmed.execution_id and t.timer = disarmed.timer and ${ours('disarmed.shard')})`,
  ],
  ended: ({ source }) => [
    `ended_timers as (
  delete from execution_timers t using ${source} where t.execution_id = ended.execution_id and ${ours('ended.shard')})`,
  ],
  consumed: ({ source }) => [
    `consumed_rows as (
  delete from execution_inbox i using ${source} where i.id = consumed.id and ${ours('consumed.shard')})`,
  ],
  // Fenced by the shard of the execution that starts them: they are there if and only if its event is.
  children: ({ source, keyed }) => [
    `started_children as (
  insert into workflow_executions (${startColumnNames.join(', ')})
  select ${startColumnNames.join(', ')} from ${source} where ${ours('parent_shard')}${notReplayed('parent_id', keyed)})`,
  ],
  sent: ({ source, keyed }) => [
    `sent_rows as (
  insert into execution_inbox (execution_id, shard, kind, payload)
  select to_id, to_shard, kind, payload from ${source} where ${ours('shard')}${notReplayed('execution_id', keyed)})`,
  ],
  tasks: ({ source, keyed }) => [
    `offered_tasks as (
  insert into tasks (${taskColumnNames.join(', ')})
  select ${taskColumnNames.join(', ')} from ${source} where ${ours('shard')}${notReplayed('execution_id', keyed)}
  on conflict (execution_id, try) where state < 3 do nothing)`,
  ],
  // Asked to stop (1), whoever has claimed it keeps it: he may say how far he came.
  withdrawn: ({ source }) => [
    `withdrawn_tasks as (
  update tasks t set stop = withdrawn.how > 0,
         state = case when t.state = 1 and withdrawn.how = 1 then 1 else 3 end,
         ended_at = case when t.state = 1 and withdrawn.how = 1 then null else now() end,
         ended_as = case when t.state = 1 and withdrawn.how = 1 then null else 'withdrawn' end
    from ${source}
   where t.execution_id = withdrawn.execution_id and t.try = withdrawn.try and t.state < 2
     and (withdrawn.how > 0 or t.state = 0) and ${ours('withdrawn.shard')})`,
  ],
  // Whoever sends one lives in the shard of the gate: one fence for both.
  places: ({ source, keyed }) => [
    `kept_places as (
  insert into gate_entries (gate_id, execution_id, run, shard, tenant_id, since, priority, most_held, held)
  select gate_id, execution_id, run, shard, tenant_id, since, priority, most_held, held = 1
    from ${source} where ${ours('shard')}${notReplayed('sender', keyed)}
  on conflict (gate_id, execution_id, run) do update set held = excluded.held)`,
  ],
  leaving: ({ source }) => [
    `left_places as (
  delete from gate_entries g using ${source}
   where g.gate_id = leaving.gate_id and g.execution_id = leaving.execution_id and g.run = leaving.run and ${ours('leaving.shard')})`,
  ],
};

/** `refs` names what this flush wrote as owner: after a lost answer it says which entries are on disk. */
function logged(keyed: boolean): string {
  const some = `array(select t.id from unnest(${FIXED.executions}, ${FIXED.executionShards}) t (id, shard)
                where ${ours('t.shard')}${notReplayed('t.id', keyed)})`;
  const refs = keyed ? some : `case when ${allHeld} then ${FIXED.executions} else ${some} end`;
  return `logged as (
  insert into engine_commits (flush_id, lane, n, refs) select ${FIXED.flushId}, ${FIXED.lane}, ${FIXED.n}, ${refs})`;
}

const allHeld = `(select count(*) from held) = ${FIXED.shardCount}`;

/** Null for what is as hoped, so that there is nothing to send and to parse: all shards held, no key taken. */
function answer(keyed: boolean): string {
  const heldShards = `case when ${allHeld} then null else (select coalesce(string_agg(shard::text, ','), '') from held) end`;
  const replayed = keyed ? `(select string_agg(execution_id::text, ',') from replayed)` : 'null';
  return `select ${heldShards} as held, ${replayed} as replayed`;
}

/** What a column of a start holds when its shard is not ours: nothing has happened yet. */
function whenOurs(column: string): string {
  const otherwise = column === 'status' || column === 'seq' ? ' else 0' : '';
  return `case when ours then ${column}${otherwise} end`;
}

function suffix(table: string): string {
  return table.replace(/^.*executions_?/, '') || 'parent';
}

const partLetter: Readonly<Record<PartName, string>> = {
  starts: 's',
  keys: 'k',
  rows: 'r',
  heads: 'h',
  armed: 'a',
  disarmed: 'd',
  ended: 'e',
  consumed: 'c',
  sent: 'm',
  children: 'n',
  tasks: 't',
  withdrawn: 'w',
  places: 'p',
  leaving: 'l',
};
