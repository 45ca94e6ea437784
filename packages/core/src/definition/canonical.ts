/** Canonical JSON text: equal values give equal text, whatever the order of their keys. For digests and comparison. */
import type { Json } from '../json.ts';

/** A value that is still to be written, or text that stands between values. */
type Task = { readonly value: Json } | { readonly text: string };

/**
 * Keys are sorted by UTF-16 code units, numbers written as ECMAScript writes them (RFC 8785), so that `1`, `1.0` and `1e0`
 * are one; `-0` is `0`. Keys such as `__proto__` are data. A list of tasks and not recursion: any depth is safe.
 */
export function canonicalJson(value: Json): string {
  let out = '';
  const tasks: Task[] = [{ value }];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if ('text' in task) out += task.text;
    else if (typeof task.value !== 'object' || task.value === null) out += JSON.stringify(task.value);
    else out += open(task.value, tasks);
  }
  return out;
}

/** Puts what stands inside on the list, last first, and answers the opening bracket. */
function open(value: readonly Json[] | { readonly [key: string]: Json }, tasks: Task[]): string {
  if (isList(value)) {
    tasks.push({ text: ']' });
    for (let i = value.length - 1; i >= 0; i--) {
      tasks.push({ value: value[i] ?? null });
      if (i > 0) tasks.push({ text: ',' });
    }
    return '[';
  }
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  tasks.push({ text: '}' });
  for (let i = entries.length - 1; i >= 0; i--) {
    const [key, inner] = entries[i] as [string, Json];
    tasks.push({ value: inner }, { text: `${i > 0 ? ',' : ''}${JSON.stringify(key)}:` });
  }
  return '{';
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
