/**
 * How many tries of this process hold connections to one server at once. Databases have few places (PostgreSQL 100, for all
 * of their clients): the others wait here, first come first served, instead of being refused there.
 */
import { RetryableError } from '@cloudflow/sdk/error.ts';
import { createSlots, type Slots } from './slots.ts';

export type ConnectionBound = {
  /** Settles with what gives the place back. Throws `overloaded`, or the reason of the signal. */
  take(key: string, signal: AbortSignal): Promise<() => void>;
};

const triesPerServer = 20;
const maxWaiting = 10_000;

export function createConnectionBound(): ConnectionBound {
  const servers = new Map<string, { readonly slots: Slots; users: number }>();

  return {
    async take(key, signal) {
      const server = servers.get(key) ?? { slots: createSlots({ slots: triesPerServer, maxWaiting }), users: 0 };
      servers.set(key, server);
      server.users += 1;
      const leave = (): void => {
        server.users -= 1;
        if (server.users === 0) servers.delete(key);
      };
      const taken = await server.slots.take(signal);
      if (taken === 'taken')
        return () => {
          server.slots.free();
          leave();
        };
      leave();
      if (taken === 'aborted') throw signal.reason;
      const message = 'Too many tries wait for a connection to this server';
      throw new RetryableError(message, { code: 'overloaded', afterMs: 1_000 });
    },
  };
}
