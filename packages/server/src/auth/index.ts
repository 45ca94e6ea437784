/** Who is calling, and what they may do. */
import type { Clock } from '../kernel/clock/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Authenticate } from '../kernel/http/caller.ts';
import { createAuthenticator } from './authenticate.ts';
import { bootstrapKeys } from './bootstrap.ts';
import { findKeyByHash } from './store.ts';

export type Auth = {
  readonly authenticate: Authenticate;
  /** Returns a key that was made just now and will never be shown again; null when there was no need. */
  bootstrap(configuredKey: string | null): Promise<string | null>;
};

export function createAuth({ database, clock }: { readonly database: Database; readonly clock: Clock }): Auth {
  return {
    authenticate: createAuthenticator({
      findKey: (hash) => findKeyByHash(database, hash),
      now: () => performance.now(),
      wallClock: () => clock.now(),
    }),
    bootstrap: (configuredKey) => bootstrapKeys(database, configuredKey),
  };
}
