/** References inside one schema document: `#`, `#/$defs/x`, `#anchor`. */
import { isJsonObject, type Json } from '../../json.ts';
import { parsePointer } from '../pointer.ts';

/** The schema that a reference names, or undefined when there is none in this document. */
export function resolveReference(root: Json, reference: string): Json | undefined {
  const base = isJsonObject(root) && typeof root.$id === 'string' ? root.$id.replace(/#$/, '') : '';
  const [address = '', ...rest] = reference.split('#');
  if (address !== '' && address !== base) return undefined;
  const fragment = decode(rest.join('#'));
  if (fragment === undefined) return undefined;
  const keys = parsePointer(fragment);
  return keys === undefined ? findAnchor(root, fragment) : follow(root, keys);
}

function decode(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

function follow(root: Json, keys: readonly string[]): Json | undefined {
  let at: Json | undefined = root;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as { readonly [key: string]: Json })[key];
  }
  return typeof at === 'boolean' || isJsonObject(at) ? at : undefined;
}

function findAnchor(root: Json, name: string): Json | undefined {
  const open: Json[] = [root];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (typeof each !== 'object' || each === null) continue;
    if (isJsonObject(each) && (each.$anchor === name || each.$dynamicAnchor === name)) return each;
    for (const inner of Object.values(each) as Json[]) open.push(inner);
  }
  return undefined;
}
