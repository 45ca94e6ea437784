/** Which methods exist for a path that was asked for with another one. Asked only on the way to a 404 or 405. */
import type { Method } from './route.ts';

export type AllowedMethods = {
  add(method: Method, pattern: string): void;
  /** Sorted; empty when there is no such path. GET brings HEAD along. */
  of(path: string): readonly string[];
};

export function createAllowedMethods(): AllowedMethods {
  const patterns = new Map<string, { readonly shape: readonly string[]; readonly methods: Set<string> }>();
  return {
    add(method, pattern) {
      const entry = patterns.get(pattern) ?? { shape: pattern.split('/'), methods: new Set() };
      entry.methods.add(method);
      if (method === 'GET') entry.methods.add('HEAD');
      patterns.set(pattern, entry);
    },
    of(path) {
      const parts = path.split('/');
      const found = new Set<string>();
      for (const { shape, methods } of patterns.values()) {
        if (shape.length !== parts.length) continue;
        if (!shape.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index])))
          continue;
        for (const method of methods) found.add(method);
      }
      return found.size === 0 ? [] : [...found, 'OPTIONS'].sort();
    },
  };
}
