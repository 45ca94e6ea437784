/** How deep and how large a JSON value is, found without recursion: for values that nobody has looked at yet. */
import type { Json } from '../json.ts';

export function isDeeperThan(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  let layer: Json[] = [value];
  for (let depth = 0; layer.length > 0; depth++) {
    if (depth > levels) return true;
    const next: Json[] = [];
    for (const each of layer) {
      for (const inner of Object.values(each as object) as Json[]) {
        if (typeof inner === 'object' && inner !== null) next.push(inner);
      }
    }
    layer = next;
  }
  return false;
}

/** The length of the compact JSON text in UTF-8 bytes; stops counting soon after `enough`. */
export function jsonSize(value: Json, enough: number): number {
  let bytes = 0;
  const open: Json[] = [value];
  for (let each = open.pop(); each !== undefined && bytes <= enough; each = open.pop()) {
    if (typeof each !== 'object' || each === null) bytes += scalarSize(each);
    else if (Array.isArray(each)) {
      bytes += Math.max(2, each.length + 1);
      for (const inner of each) open.push(inner);
    } else {
      const keys = Object.keys(each);
      bytes += Math.max(2, keys.length + 1);
      for (const key of keys) {
        bytes += scalarSize(key) + 1;
        open.push((each as { readonly [key: string]: Json })[key] ?? null);
      }
    }
  }
  return bytes;
}

function scalarSize(value: null | boolean | number | string): number {
  if (typeof value !== 'string') return String(value).length;
  let bytes = 2;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit === 0x22 || unit === 0x5c) bytes += 2;
    else if (unit < 0x20) bytes += 6;
    else if (unit < 0x80) bytes += 1;
    else if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}
