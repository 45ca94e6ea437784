/**
 * How long a value is as JSON, without writing it. A value may hold one part many times: forty steps that each hold the
 * output of the one before twice are small in memory and 2^40 parts as text, which would stop the process of everybody.
 */
import type { Json } from '../json.ts';
import { longestText } from './budget.ts';

/** Sizes of larger parts: a part that is shared is measured once. Values are never changed once they are made. */
const known = new WeakMap<object, number>();
const WORTH_KNOWING = 1_000;

/** True when a value is longer as JSON than any text may be. */
export function isTooLarge(json: Json): boolean {
  return sizeOf(json) > longestText;
}

/** About the number of characters: what an escape adds is left out. */
export function sizeOf(json: Json): number {
  if (typeof json === 'string') return json.length + 2;
  if (typeof json !== 'object' || json === null) return 5;
  const before = known.get(json);
  if (before !== undefined) return before;
  const size = Array.isArray(json) ? listSize(json) : mapSize(json as { readonly [key: string]: Json });
  if (size > WORTH_KNOWING) known.set(json, size);
  return size;
}

function listSize(list: readonly Json[]): number {
  let size = 2;
  for (const item of list) size += sizeOf(item) + 1;
  return size;
}

function mapSize(map: { readonly [key: string]: Json }): number {
  let size = 2;
  for (const key of Object.keys(map)) size += key.length + 4 + sizeOf(map[key] ?? null);
  return size;
}
