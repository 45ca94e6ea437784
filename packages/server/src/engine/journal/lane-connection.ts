/**
 * The one session of a lane: made when it is needed, thrown away when anything about it is in doubt, made again with
 * patience. It notices when another server answers than before.
 */
import type pg from 'pg';
import type { Logger } from '../../kernel/log/log.ts';
import type { LeafFinder } from '../store/flush.ts';
import { readHeadLeaves } from '../store/head-leaves.ts';
import { prepareSession, type ServerIdentity } from '../store/lane-session.ts';

export type LaneSession = { readonly client: pg.Client; readonly leaves: LeafFinder };

export type LaneConnection = {
  /** The session, or one try to make it: throws when that fails. */
  get(): Promise<LaneSession>;
  /** Closes the socket without asking: nobody may go on in a session whose state is unknown. */
  discard(): void;
  /** Says goodbye. */
  end(): Promise<void>;
};

export type LaneConnectionDeps = {
  connect(): Promise<pg.Client>;
  readonly statementTimeoutMs: number;
  readonly log: Logger;
  /** The session was lost while nothing, or something, was under way. */
  onConnectionLost(): void;
  /** A promoted standby or another cluster answers: what it has of what it confirmed is not known. */
  onFailover(): void;
};

export function createLaneConnection(deps: LaneConnectionDeps): LaneConnection {
  let session: LaneSession | null = null;
  let known: ServerIdentity | null = null;

  async function open(): Promise<LaneSession> {
    const client = await deps.connect();
    const opened = { client, leaves: () => null } as LaneSession;
    client.on('end', () => {
      if (session?.client !== client) return;
      session = null;
      deps.onConnectionLost();
    });
    try {
      notice(await prepareSession(client, deps.statementTimeoutMs));
      session = { ...opened, leaves: await readHeadLeaves(client) };
      return session;
    } catch (error) {
      destroy(client);
      throw error;
    }
  }

  function notice(identity: ServerIdentity): void {
    const before = known;
    known = identity;
    if (before === null || (before.system === identity.system && before.timeline === identity.timeline)) return;
    deps.log.warn(
      { before, now: identity },
      'another server answers than before: all executions are taken up again from what it has',
    );
    deps.onFailover();
  }

  return {
    get: async () => session ?? (await open()),
    discard() {
      if (session === null) return;
      const { client } = session;
      session = null;
      destroy(client);
      deps.onConnectionLost();
    },
    async end() {
      const client = session?.client;
      session = null;
      await client?.end();
    },
  };
}

/** `end()` would wait for the statement under way. */
function destroy(client: pg.Client): void {
  const { connection } = client as pg.Client & { readonly connection?: { readonly stream: { destroy(): void } } };
  connection?.stream.destroy();
}
