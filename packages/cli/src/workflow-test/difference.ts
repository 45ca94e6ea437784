/** Where two JSON values differ, for people. */
import { pointerTo } from '@cloudflow/core/definition/pointer.ts';
import { isJsonObject, type Json } from '@cloudflow/core/json.ts';

/** Undefined: there is nothing. */
export type Difference = {
  readonly pointer: string;
  readonly expected: Json | undefined;
  readonly actual: Json | undefined;
};

/** More of them nobody reads. */
const most = 20;

export type Comparison = {
  /** Fields of objects that are not named may be anything. */
  readonly partly: boolean;
};

export function differences(expected: Json, actual: Json | undefined, how: Comparison): readonly Difference[] {
  const found: Difference[] = [];
  compare({ expected, actual, pointer: '' }, how, found);
  return found.slice(0, most);
}

function compare(each: Difference, how: Comparison, found: Difference[]): void {
  const { expected, actual, pointer } = each;
  if (found.length >= most) return;
  if (isJsonObject(expected) && isJsonObject(actual)) {
    const keys = new Set([...Object.keys(expected), ...(how.partly ? [] : Object.keys(actual))]);
    for (const key of keys)
      compare({ expected: own(expected, key), actual: own(actual, key), pointer: pointerTo(pointer, key) }, how, found);
  } else if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    for (let at = 0; at < length; at += 1)
      compare({ expected: expected[at], actual: actual[at], pointer: pointerTo(pointer, at) }, how, found);
  } else if (expected !== actual) found.push(each);
}

function own(of: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(of, key) ? of[key] : undefined;
}
