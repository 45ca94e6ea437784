/**
 * What must never be of live executions, counted: each question reads an index, and stops at so many answers. Asked of the
 * whole database by one process; see "Nothing is stuck silently" in README.md.
 */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { waitReasonCode } from '../row-codes.ts';

/** Names of the label `invariant` of the metric. */
export const invariants = {
  unowned: 'executions in shards that nobody has owned for a minute',
  overdue_timers: 'timers that were due a minute ago, of executions that are not paused',
  old_inbox_rows: 'commands, signals and messages that nobody has heard for a minute',
  not_driven: 'executions that wait for nothing and are in the memory of nobody',
} as const;

export type Invariant = keyof typeof invariants;
export type Violations = Readonly<Record<Exclude<Invariant, 'not_driven'>, number>>;

/** More are not counted: something is wrong, and it is known. */
const MOST = 1_000;
const ALL_SHARDS = Array.from({ length: 256 }, (_, shard) => shard);

/** Null when another process is to ask: the one that owns the first of all owned shards does. */
export async function violations(database: Database, process: string, lateMs: number): Promise<Violations | null> {
  const late = sql`now() - ${lateMs}::float8 * interval '1 millisecond'`;
  const [row] = await database.query<Violations & { readonly asks: boolean | null }>(
    { role: 'engine' },
    sql`
    select (select s.owner = ${process} from shards s where s.lease_until > now() order by s.shard limit 1) as asks,
           (select count(*)::int from (
              select from shards s join workflow_executions e on e.shard = s.shard and e.finished_at is null
               where s.lease_until < ${late} and e.created_at < ${late} limit ${MOST}) u) as unowned,
           (select count(*)::int from (
              select t.execution_id from execution_timers t
               where t.shard = any (${ALL_SHARDS}::int2[]) and t.due < ${late} limit ${MOST}) t
              join workflow_executions e on e.id = t.execution_id
             where e.wait_reason is distinct from ${waitReasonCode.paused}) as overdue_timers,
           (select count(*)::int from (
              select i.created_at from execution_inbox i order by i.id limit ${MOST}) i
             where i.created_at < ${late}) as old_inbox_rows`,
  );
  if (row === undefined || row.asks !== true) return null;
  const { asks: _, ...found } = row;
  return found;
}

/**
 * A page of executions of these shards that wait for nothing: they are to be in the memory of their owner. `after` is the last
 * one looked at; a page may name none and still not be the last.
 */
export async function unwaiting(
  database: Database,
  shards: readonly number[],
  after: string,
  limit: number,
): Promise<{ readonly ids: readonly string[]; readonly last: string | null }> {
  const rows = await database.query<{ readonly id: string; readonly waits: boolean }>(
    { role: 'engine' },
    sql`
    select e.id, e.wait_reason is not null as waits from workflow_executions e
     where e.finished_at is null and (e.shard, e.id) > (get_byte(uuid_send(${after}::uuid), 15)::int2, ${after}::uuid)
       and e.shard = any (${shards}::int2[])
     order by e.shard, e.id limit ${limit}`,
  );
  return { ids: rows.flatMap(({ id, waits }) => (waits ? [] : id)), last: rows.at(-1)?.id ?? null };
}
