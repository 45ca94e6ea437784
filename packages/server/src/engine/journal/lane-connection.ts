/**
 * The one session of a lane: made when it is needed, thrown away when anything about it is in doubt, made again with
 * patience. It is used only where it writes to the history that the leases are in.
 */
import type pg from 'pg';
import type { ServerHistory } from '../ownership/server-history.ts';
import type { LeafFinder } from '../store/flush.ts';
import { readHeadLeaves } from '../store/head-leaves.ts';
import { prepareSession } from '../store/lane-session.ts';

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
  readonly history: ServerHistory;
  /** The session was lost while nothing, or something, was under way. */
  onConnectionLost(): void;
};

export function createLaneConnection(deps: LaneConnectionDeps): LaneConnection {
  const { history } = deps;
  let session: LaneSession | null = null;

  async function open(): Promise<LaneSession> {
    const client = await deps.connect();
    const opened = { client, leaves: () => null } as LaneSession;
    client.on('end', () => {
      if (session?.client !== client) return;
      session = null;
      deps.onConnectionLost();
    });
    try {
      const isOurs = history.notice(await prepareSession(client, deps.statementTimeoutMs));
      const { changes } = history;
      const ready = { ...opened, leaves: await readHeadLeaves(client) };
      if (!isOurs || changes !== history.changes) throw new Error('another server answers by now');
      session = ready;
      return session;
    } catch (error) {
      destroy(client);
      throw error;
    }
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
