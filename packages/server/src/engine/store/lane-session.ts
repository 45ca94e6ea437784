/** The session of a lane: its settings, and which server it talks to. */
import type pg from 'pg';

/** What tells that a promoted standby or another cluster answers now: what we were told was committed may be gone. */
export type ServerIdentity = { readonly system: string; readonly timeline: number };

/**
 * Makes a fresh connection ready for flushes.
 * - Plans: a statement prepared while a table is young would keep a plan that scans it; scans and hash joins are ruled out
 *   for all of this session's statements, and each is planned once. JIT would compile for longer than they run.
 * - Durability: at least the local disk, whatever the server's default is; a stronger setting is kept.
 */
export async function prepareSession(client: pg.Client, statementTimeoutMs: number): Promise<ServerIdentity> {
  await client.query(`
    set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off;
    set plan_cache_mode = force_generic_plan;
    set statement_timeout = ${Math.ceil(statementTimeoutMs)};
    set idle_in_transaction_session_timeout = ${Math.ceil(statementTimeoutMs)};
    set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3`);
  await client.query(`
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local')`);
  const { rows } = await client.query<{ readonly system: string; readonly timeline: number }>(`
    select s.system_identifier::text as system, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int as timeline
      from pg_control_system() s`);
  const [identity] = rows;
  if (identity === undefined) throw new Error('the server did not say which one it is');
  return identity;
}
