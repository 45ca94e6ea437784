/** A map that holds at most so much and forgets what was used longest ago. */
export type BoundedCache<V> = {
  get(key: string): V | undefined;
  /** `weight` is what it takes of the capacity; 1 when absent. */
  set(key: string, value: V, weight?: number): void;
  delete(key: string): void;
  readonly size: number;
};

/** `capacity` in the unit of the weights. What is heavier alone is held until the next comes. */
export function createBoundedCache<V>(capacity: number): BoundedCache<V> {
  // A Map iterates in the order of insertion, so that the first key is the one to forget when every use inserts anew.
  const entries = new Map<string, { readonly value: V; readonly weight: number }>();
  let held = 0;
  const forget = (key: string): void => {
    held -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, weight = 1) {
      forget(key);
      entries.set(key, { value, weight });
      held += weight;
      for (const oldest of entries.keys()) {
        if (held <= capacity || oldest === key) return;
        forget(oldest);
      }
    },
    delete: forget,
    get size() {
      return entries.size;
    },
  };
}
