/** Which server answers, and how far it has come: what tells that another history than before is being written to. */
import type pg from 'pg';

export type Sighting = {
  /** Another cluster has another one. */
  readonly system: string;
  /** A promoted standby and a recovery to a point in time begin a new one. */
  readonly timeline: number;
  /** The end of what is certainly on disk, in bytes of WAL: it goes back only where an older copy was put in place. */
  readonly flushed: bigint;
  /** When it was asked and when answered, by `process.hrtime.bigint()`, which all threads share. */
  readonly asked: bigint;
  readonly answered: bigint;
};

/** Throws on a standby. */
export async function sightServer(client: pg.ClientBase): Promise<Sighting> {
  const asked = process.hrtime.bigint();
  const { rows } = await client.query<{
    readonly system: string;
    readonly timeline: number;
    readonly flushed: string;
  }>(`
    select s.system_identifier::text as system, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int as timeline,
           (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::text as flushed
      from pg_control_system() s`);
  const [row] = rows;
  if (row === undefined) throw new Error('the server did not say which one it is');
  return { ...row, flushed: BigInt(row.flushed), asked, answered: process.hrtime.bigint() };
}
