/**
 * The partitions of executions and journal (by month) and of the engine's commits (by day), made ahead of time.
 *
 * Bounds are ids: a UUIDv7 begins with 48 bits of milliseconds. The oldest partition, `…_survivors`, takes everything
 * before the first month. There is no default partition: see migration 0003.
 */
import pg from 'pg';
import { errorCode } from './errors.ts';

const monthsAhead = 24;
const daysAhead = 14;
const daysKept = 7;

/** Same number everywhere: one maker of partitions at a time. */
const advisoryLock = '7305208846921175';

/** A partitioned table, and what its partitions have of their own. */
export type Kind = {
  readonly parent: string;
  readonly unit: 'month' | 'day';
  readonly storage: string;
  readonly extra: string;
  readonly grants: string;
};

const kinds: readonly Kind[] = [
  // Room for the updates of an execution beside its row, so that they are HOT.
  {
    parent: 'workflow_executions',
    unit: 'month',
    storage: 'with (fillfactor = 80)',
    extra: '',
    grants: 'select, insert, update',
  },
  { parent: 'execution_events', unit: 'month', storage: '', extra: '', grants: 'select, insert' },
  // A lane's numbers have no gaps and no doubles: unique on the day, since a key of the whole would need the flush id in it.
  { parent: 'engine_commits', unit: 'day', storage: '', extra: ', unique (lane, n)', grants: 'select, insert' },
];

export type PartitionChange = { readonly made: readonly string[]; readonly dropped: readonly string[] };

/**
 * Makes what is missing, drops days of commits that are past their time. Safe to run at any time, by several processes.
 * `client` is a session of the owner (`connectDirect(…, { role: 'owner' })`). Called by `migrate` and every hour.
 */
export async function ensurePartitions(client: pg.ClientBase, now: number = Date.now()): Promise<PartitionChange> {
  const made = await inTurn(client, async () => {
    const names: string[] = [];
    for (const kind of kinds) names.push(...(await ensureKind(client, kind, now)));
    return names;
  });
  return { made, dropped: await dropOldDays(client, now) };
}

/** Makes the month (or day) that an id belongs to, for a row that found no partition (SQLSTATE 23514). False when it is there already. */
export async function ensurePartitionsOf(client: pg.ClientBase, id: string): Promise<boolean> {
  const at = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  return inTurn(client, async () => {
    const months = kinds.filter(({ unit }) => unit === 'month');
    const results = [];
    for (const kind of months) results.push(await makeIfMissing(client, kind, at, await existing(client, kind)));
    return results.some((name) => name !== undefined);
  });
}

/** How many whole months ahead there is room for; an alarm below 12. */
export async function monthsOfRoom(client: pg.ClientBase, now: number = Date.now()): Promise<number> {
  const [kind] = kinds;
  if (kind === undefined) return 0;
  const names = await existing(client, kind);
  let months = 0;
  while (names.has(nameOf(kind, addUnits('month', now, months + 1)))) months += 1;
  return months;
}

async function inTurn<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = '3s'`); // who is in our way keeps its lock; the next hour comes
    await client.query(`select pg_advisory_xact_lock(${advisoryLock})`);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function ensureKind(client: pg.ClientBase, kind: Kind, now: number): Promise<readonly string[]> {
  const names = await existing(client, kind);
  const made: (string | undefined)[] = [];
  // A clock that is a little behind ours still writes yesterday's ids; earlier months are the survivors'.
  const first = kind.unit === 'day' ? -1 : 0;
  const last = kind.unit === 'day' ? daysAhead : monthsAhead;
  if (names.size === 0 && kind.unit === 'month') made.push(await makeSurvivors(client, kind, now));
  for (let unit = first; unit <= last; unit += 1)
    made.push(await makeIfMissing(client, kind, addUnits(kind.unit, now, unit), names));
  return made.filter((name) => name !== undefined);
}

async function existing(client: pg.ClientBase, { parent }: Kind): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    'select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass',
    [parent],
  );
  return new Set(rows.map(({ name }) => name));
}

async function makeIfMissing(
  client: pg.ClientBase,
  kind: Kind,
  at: number,
  names: ReadonlySet<string>,
): Promise<string | undefined> {
  const name = nameOf(kind, at);
  const [oldest] = [...names].sort();
  const isSurvivors = kind.unit === 'month' && oldest !== undefined && name < oldest; // before the first month
  if (names.has(name) || isSurvivors) return undefined;
  await make(client, kind, {
    name,
    from: `'${lowestId(addUnits(kind.unit, at, 0))}'`,
    to: `'${lowestId(addUnits(kind.unit, at, 1))}'`,
  });
  return name;
}

async function makeSurvivors(client: pg.ClientBase, kind: Kind, now: number): Promise<string> {
  const name = `${kind.parent}_survivors`;
  await make(client, kind, { name, from: 'minvalue', to: `'${lowestId(addUnits(kind.unit, now, 0))}'` });
  return name;
}

/**
 * Made beside and then attached: `create … partition of` would lock the whole table against writers, `attach` does not. The
 * new table is empty, so there is nothing that attaching would have to read through.
 * A partition is a table that can be named, and the engine names it: so it has row security, policies and grants of its own.
 */
async function make(
  client: pg.ClientBase,
  kind: Kind,
  { name, from, to }: { readonly name: string; readonly from: string; readonly to: string },
): Promise<void> {
  const { parent } = kind;
  await makeBeside(client, kind, name);
  await client.query(
    `alter table ${parent} attach partition ${pg.escapeIdentifier(name)} for values from (${from}) to (${to})`,
  );
}

/** A table that can become a partition, and is none yet. */
export async function makeBeside(
  client: pg.ClientBase,
  { parent, storage, extra, grants }: Kind,
  name: string,
): Promise<void> {
  const table = pg.escapeIdentifier(name);
  await client.query(`
    create table ${table} (like ${parent} including all${extra}) ${storage};
    alter table ${table} enable row level security, force row level security;
    create policy owner on ${table} to current_user using (true) with check (true);
    create policy engine on ${table} to cloudflow_engine using (true) with check (true);
    grant ${grants} on ${table} to cloudflow_engine`);
}

/**
 * Dropping a partition locks the whole table: it gives up at once when somebody reads it for long, rather than let the
 * flushes queue behind; the next hour comes.
 */
async function dropOldDays(client: pg.ClientBase, now: number): Promise<readonly string[]> {
  const day = kinds.find(({ unit }) => unit === 'day');
  if (day === undefined) return [];
  const oldest = nameOf(day, addUnits('day', now, -daysKept));
  const old = [...(await existing(client, day))].filter((name) => name < oldest).sort();
  const dropped: string[] = [];
  for (const name of old) if (await dropQuickly(client, name)) dropped.push(name);
  return dropped;
}

/** False when it was not to be had, or another process has dropped it. */
async function dropQuickly(client: pg.ClientBase, name: string): Promise<boolean> {
  try {
    await client.query(`begin; set local lock_timeout = '200ms'; drop table ${pg.escapeIdentifier(name)}; commit`);
    return true;
  } catch (error) {
    await client.query('rollback');
    if (errorCode(error) === '55P03' || errorCode(error) === '42P01') return false;
    throw error;
  }
}

/** A month whose partitions are the oldest but for the survivors'. Ids in it are from `first` on, and below `before`. */
export type OldMonth = { readonly month: string; readonly first: string; readonly before: string };

/** Months that ended at least so many months before the one of `now`, oldest first. */
export async function monthsPast(client: pg.ClientBase, now: number, keptMonths: number): Promise<readonly OldMonth[]> {
  const [kind] = kinds;
  if (kind === undefined) return [];
  const end = nameOf(kind, addUnits('month', now, -keptMonths));
  const names = [...(await existing(client, kind))].filter((name) => /_\d{6}$/.test(name) && name < end).sort();
  return names.map((name) => {
    const month = name.slice(-6);
    const at = Date.UTC(Number(month.slice(0, 4)), Number(month.slice(4)) - 1);
    return { month, first: lowestId(at), before: lowestId(addUnits('month', at, 1)) };
  });
}

/** The beginning of the month that lies so many months before the one of `now`. */
export function monthsBefore(now: number, months: number): number {
  return addUnits('month', now, -months);
}

/** Partitioned by month. */
export const monthly: readonly Kind[] = kinds.filter(({ unit }) => unit === 'month');

function nameOf({ parent, unit }: Kind, at: number): string {
  const date = new Date(at).toISOString().replaceAll('-', '');
  return `${parent}_${date.slice(0, unit === 'month' ? 6 : 8)}`;
}

/** The beginning, in UTC, of the unit that lies `units` after the one that `at` is in. */
function addUnits(unit: 'month' | 'day', at: number, units: number): number {
  const date = new Date(at);
  return unit === 'month'
    ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + units)
    : Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + units);
}

function lowestId(at: number): string {
  const hex = at.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
