/** Who is calling, and what they may do. */
import type { Clock } from '../kernel/clock/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Authenticate } from '../kernel/http/caller.ts';
import { createAuthenticator } from './authenticate.ts';
import { ensureBootstrapKey, makeFirstKey } from './bootstrap.ts';
import { findKeyByHash } from './store.ts';

export type Auth = {
  readonly authenticate: Authenticate;
  /** Makes this administrator's key, if it is not there. */
  ensureBootstrapKey(key: string): Promise<void>;
  /** Makes an administrator's key if there is none, and returns it, this once. */
  makeFirstKey(): Promise<string | null>;
};

export function createAuth({ database, clock }: { readonly database: Database; readonly clock: Clock }): Auth {
  return {
    authenticate: createAuthenticator({
      findKey: (hash) => findKeyByHash(database, hash),
      now: () => performance.now(),
      wallClock: () => clock.now(),
    }),
    ensureBootstrapKey: (key) => ensureBootstrapKey(database, key),
    makeFirstKey: () => makeFirstKey(database),
  };
}
