/**
 * What a name means right now, kept for up to a second: the hot path of a start must not ask the database which version
 * is current. A publish, disable or delete in this process is seen at once, one in another process within the second.
 */
import { createBoundedCache } from './bounded-cache.ts';

export type CurrentCache<V> = {
  /** The value of `key` under `owner`, loaded at most once however many ask at the same time. */
  get(owner: string, key: string, load: () => Promise<V>): Promise<V>;
  /** Forgets everything of `owner`, including what is being loaded now. */
  forget(owner: string): void;
};

export type CurrentCacheOptions = {
  readonly ttlMs: number;
  /** Owners held; the one used longest ago goes first. */
  readonly capacity: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
};

type Entry<V> = { readonly value: Promise<V>; readonly until: number };

const keysPerOwner = 1_000;

export function createCurrentCache<V>({ ttlMs, capacity, now }: CurrentCacheOptions): CurrentCache<V> {
  const owners = createBoundedCache<Map<string, Entry<V>>>(capacity);

  function entriesOf(owner: string): Map<string, Entry<V>> {
    const known = owners.get(owner);
    if (known) return known;
    const made = new Map<string, Entry<V>>();
    owners.set(owner, made);
    return made;
  }

  return {
    get(owner, key, load) {
      const entries = entriesOf(owner);
      const known = entries.get(key);
      const at = now();
      if (known && known.until > at) return known.value;

      const value = load();
      // The promise itself is kept, so that a burst after an expiry is one query. Its age counts from the asking: a value
      // read before a change in another process is then gone a second after that change at the latest.
      const entry: Entry<V> = { value, until: at + ttlMs };
      if (entries.size >= keysPerOwner) entries.clear();
      entries.set(key, entry);
      value.catch(() => {
        // A refusal is not kept: a workflow that was just made must be found at the next try.
        if (entries.get(key) === entry) entries.delete(key);
      });
      return value;
    },
    // Dropping the whole map, not clearing it, also orphans loads that were sent before the change: they fill a map that
    // nobody reads any more.
    forget: (owner) => owners.delete(owner),
  };
}
