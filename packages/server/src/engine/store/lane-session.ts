/** The session of a lane: its settings, and which server it talks to. */
import type pg from 'pg';
import { type Sighting, sightServer } from './server-sighting.ts';

/**
 * Makes a fresh connection ready for flushes.
 * - Plans: a statement prepared while a table is young would keep a plan that scans it; scans and hash joins are ruled out
 *   for all of this session's statements, and each is planned once. JIT would compile for longer than they run.
 * - Durability: at least the local disk, whatever the server's default is; a stronger setting is kept.
 */
export async function prepareSession(client: pg.Client, statementTimeoutMs: number): Promise<Sighting> {
  await client.query(`
    set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off;
    set plan_cache_mode = force_generic_plan;
    set statement_timeout = ${Math.ceil(statementTimeoutMs)};
    set idle_in_transaction_session_timeout = ${Math.ceil(statementTimeoutMs)};
    set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3`);
  await client.query(`
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local')`);
  return sightServer(client);
}
