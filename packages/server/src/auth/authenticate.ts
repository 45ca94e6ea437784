/** Who calls, by API key: one look-up by hash, remembered for a moment so that a busy caller costs the database nothing. */
import { problem } from '../kernel/errors/problem.ts';
import type { Authenticate, Caller } from '../kernel/http/caller.ts';
import { hashApiKey } from './api-key.ts';
import { readApiKey, unauthenticated } from './credentials.ts';
import type { StoredKey } from './store.ts';

/** How long a revoked key may still work, at most [S034]. */
const rememberMs = 900;
/** Callers remembered. Unknown keys are not: guesses could push the known ones out. */
const mostRemembered = 10_000;
/** Keys looked up at the same time: a flood of guesses must not fill the queue of the database. */
const mostUnderWay = 200;

export type AuthenticatorDeps = {
  findKey(hash: Buffer): Promise<StoredKey | undefined>;
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds since the epoch, for the end of a key's life. */
  wallClock(): number;
};

type Remembered = { readonly caller: Caller; readonly until: number };

export function createAuthenticator({ findKey, now, wallClock }: AuthenticatorDeps): Authenticate {
  const remembered = new Map<string, Remembered>();
  const underWay = new Map<string, Promise<Caller>>();

  async function lookUp(key: string): Promise<Caller> {
    // The age counts from the question, not from the answer, which may be late.
    const asked = now();
    const stored = await findKey(hashApiKey(key));
    if (stored === undefined || (stored.expiresAt !== null && stored.expiresAt <= wallClock())) {
      remembered.delete(key);
      throw unauthenticated('The API key is not valid.');
    }
    const caller: Caller = Object.freeze({
      kind: 'api_key',
      tenantId: stored.tenantId,
      principalId: stored.id,
      permissions: stored.permissions,
    });
    if (remembered.size >= mostRemembered) forgetOldest(remembered);
    remembered.delete(key);
    remembered.set(key, { caller, until: asked + rememberMs });
    return caller;
  }

  function ask(key: string): Promise<Caller> {
    if (underWay.size >= mostUnderWay) throw problem('overloaded', { retryAfter: 1 });
    const asking = lookUp(key).finally(() => underWay.delete(key));
    underWay.set(key, asking);
    return asking;
  }

  return (headers) => {
    const key = readApiKey(headers);
    const known = remembered.get(key);
    if (known !== undefined && known.until > now()) return known.caller;
    // One question for all requests of a key that come at the same time.
    return underWay.get(key) ?? ask(key);
  };
}

function forgetOldest(entries: Map<string, Remembered>): void {
  const oldest = entries.keys().next();
  if (!oldest.done) entries.delete(oldest.value);
}
