/** Hints between processes: PostgreSQL's NOTIFY, on a channel for each process. */
import type pg from 'pg';

/** `inbox`, `starts`: there are rows for shards of yours. `shards`: some are nobody's. `tasks`: some were offered to workers. */
export type Hint = 'inbox' | 'starts' | 'shards' | 'tasks';

/**
 * A session that hears what is meant for this process. Its commits wait for no disk: NOTIFY takes a lock of the whole server
 * until its commit is over, and what it says may be lost.
 */
export async function listenAs(client: pg.Client, process: string): Promise<void> {
  await client.query(`set synchronous_commit = off; listen "cloudflow_${process}"; listen cloudflow_tasks`);
}

/** Tells whoever owns these shards, but not ourselves. */
export async function hintOwners(
  client: pg.Client,
  process: string,
  told: readonly { readonly hint: Hint; readonly shard: number }[],
): Promise<void> {
  await client.query(
    `select pg_notify('cloudflow_' || s.owner, h.hint)
       from unnest($2::int2[], $3::text[]) h (shard, hint) join shards s using (shard)
      where s.owner is not null and s.owner <> $1::uuid group by s.owner, h.hint`,
    [process, told.map(({ shard }) => shard), told.map(({ hint }) => hint)],
  );
}

/** Tells all processes, since workers wait at any. */
export async function hintOfTasks(client: pg.Client): Promise<void> {
  await client.query(`select pg_notify('cloudflow_tasks', 'tasks')`);
}

/** Tells all other processes that take shards that there are some to be had. */
export async function hintOfFreeShards(client: pg.Client, process: string): Promise<void> {
  await client.query(
    `select pg_notify('cloudflow_' || id, 'shards') from engine_members where id <> $1::uuid and not leaving`,
    [process],
  );
}
