/**
 * The rows by which shards are owned. Every statement compares owner and epoch, and all time is the database's: a process
 * may believe what it likes, these rows and the fence of each flush decide.
 *
 * Statements that lock several rows do so in the order of the shards, like the fence, or skip what is locked: a renewal and
 * a flush wait for each other, and never in a circle.
 */
import type pg from 'pg';

export type Member = { readonly owner: string; readonly leaseMs: number };
export type OwnedShard = { readonly shard: number; readonly epoch: bigint };
/** `orphaned`: its owner did not give it away, but let its lease run out: it died, or was cut off. */
export type TakenShard = OwnedShard & { readonly orphaned: boolean };

/** The time by the server's clock, in milliseconds since the epoch. */
export async function databaseTime(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ readonly at: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as at',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the server did not say what time it is');
  return row.at;
}

/**
 * Shows that this process lives, and says how many of those that do take shards. One that is leaving lives for what it still
 * runs. Members that have not shown themselves for long are forgotten.
 */
export async function showMember(
  client: pg.ClientBase,
  { owner, leaseMs }: Member,
  isLeaving: boolean,
): Promise<number> {
  const { rows } = await client.query<{ readonly members: number }>(
    `with seen as (
       insert into engine_members (id, started_at, seen_at, leaving) values ($1::uuid, now(), now(), $3)
       on conflict (id) do update set seen_at = excluded.seen_at, leaving = excluded.leaving),
     gone as (delete from engine_members where seen_at < now() - 20 * $2::float8 * interval '1 millisecond' and id <> $1::uuid)
     select 1 + count(*)::int as members
       from engine_members where id <> $1::uuid and not leaving and seen_at > now() - $2::float8 * interval '1 millisecond'`,
    [owner, leaseMs, isLeaving],
  );
  return rows[0]?.members ?? 1;
}

/**
 * Prolongs the leases that are still ours; what is not answered is lost. A lease that has run out and that nobody took is
 * ours still.
 */
export async function renewLeases(
  client: pg.ClientBase,
  { owner, leaseMs }: Member,
  held: readonly OwnedShard[],
): Promise<OwnedShard[]> {
  const { rows } = await client.query<LeaseRow>(
    `with ours as (
       select s.shard from shards s join unnest($3::int2[], $4::int8[]) h (shard, epoch) using (shard, epoch)
        where s.owner = $1::uuid order by s.shard for no key update of s)
     update shards s set lease_until = now() + $2::float8 * interval '1 millisecond'
       from ours where s.shard = ours.shard returning s.shard, s.epoch::text`,
    [owner, leaseMs, held.map(({ shard }) => shard), held.map(({ epoch }) => epoch)],
  );
  return rows.map(ownedShard);
}

export type ShardRequest = {
  /** At most so many. */
  readonly count: number;
  /** The shards that we know to be ours. Others that bear our name were taken in a round whose answer was lost. */
  readonly held: readonly number[];
  /** Takes them whoever owns them. */
  readonly force: boolean;
};

/**
 * Takes shards that nobody owns or whose lease has run out, each under a new epoch. A transaction of its own: a flush of
 * the former owner either ended before it, or finds its fence closed; the journal is read later, and is whole.
 */
export async function takeShards(
  client: pg.ClientBase,
  { owner, leaseMs }: Member,
  { count, held, force }: ShardRequest,
): Promise<TakenShard[]> {
  const { rows } = await client.query<LeaseRow & { readonly orphaned: boolean }>(
    `with free as (
       select shard, owner is not null and owner <> $1::uuid as orphaned from shards
        where shard <> all ($5::int2[]) and (owner is null or owner = $1::uuid or lease_until < now() or $4)
        order by random() limit $3::int for update skip locked)
     update shards s
        set owner = $1::uuid, epoch = nextval('shard_epochs'), lease_until = now() + $2::float8 * interval '1 millisecond'
       from free where s.shard = free.shard returning s.shard, s.epoch::text, free.orphaned`,
    [owner, leaseMs, count, force, held],
  );
  return rows.map((row) => ({ ...ownedShard(row), orphaned: row.orphaned }));
}

/** Gives shards back, all of ours where none are named, so that others need not wait for their leases to run out. */
export async function releaseShards(client: pg.ClientBase, owner: string, shards?: readonly number[]): Promise<void> {
  await client.query(
    `with ours as (
       select shard from shards where owner = $1::uuid and ($2::int2[] is null or shard = any ($2::int2[]))
        order by shard for no key update)
     update shards s set owner = null, lease_until = 'epoch' from ours where s.shard = ours.shard`,
    [owner, shards ?? null],
  );
}

/** The process is no member any more: its share is for the others. */
export async function withdraw(client: pg.ClientBase, owner: string): Promise<void> {
  await client.query('delete from engine_members where id = $1::uuid', [owner]);
}

type LeaseRow = { readonly shard: number; readonly epoch: string };

function ownedShard({ shard, epoch }: LeaseRow): OwnedShard {
  return { shard, epoch: BigInt(epoch) };
}
