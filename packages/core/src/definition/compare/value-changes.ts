/** Where two JSON values differ, as deep as it can be said field by field. */
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { canonicalJson } from '../canonical.ts';
import { pointerTo } from '../pointer.ts';

/** Without `before` the field is new, without `after` it is gone. */
export type FieldChange = { readonly pointer: string; readonly before?: Json; readonly after?: Json };

/** Objects are compared field by field, whatever the order of their fields; lists item by item where they are equally long. */
export function changesBetween(before: Json, after: Json, pointer = ''): readonly FieldChange[] {
  const keys = keysToCompare(before, after);
  if (keys !== undefined) {
    const [old, now] = [before as JsonObject, after as JsonObject];
    return keys.flatMap((key) => fieldChanges(old, now, { key, pointer: pointerTo(pointer, key) }));
  }
  return canonicalJson(before) === canonicalJson(after) ? [] : [{ pointer, before, after }];
}

type Field = { readonly key: string; readonly pointer: string };

function fieldChanges(before: JsonObject, after: JsonObject, { key, pointer }: Field): readonly FieldChange[] {
  if (!Object.hasOwn(before, key)) return [{ pointer, after: after[key] ?? null }];
  if (!Object.hasOwn(after, key)) return [{ pointer, before: before[key] ?? null }];
  return changesBetween(before[key] ?? null, after[key] ?? null, pointer);
}

function keysToCompare(before: Json, after: Json): readonly string[] | undefined {
  if (isJsonObject(before) && isJsonObject(after)) return [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const areLists = Array.isArray(before) && Array.isArray(after) && before.length === after.length;
  // Of lists of texts or numbers, such as `depends_on`, one change says more than several.
  return areLists && before.every(isStructure) && after.every(isStructure) ? Object.keys(before) : undefined;
}

function isStructure(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}
