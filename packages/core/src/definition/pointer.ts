/** JSON pointers (RFC 6901): where in a document something stands. */

/** The way from the root to a value, last part first: walking deep costs no text until somebody asks for it. */
export type Place = { readonly parent: Place | null; readonly key: string | number };

export function pointerOf(place: Place | null): string {
  const parts: string[] = [];
  for (let each = place; each !== null; each = each.parent) parts.push(pointerPart(each.key));
  return parts.reverse().join('');
}

/** `/steps/0/config` from `/steps/0` and `config`. */
export function pointerTo(base: string, ...keys: readonly (string | number)[]): string {
  return base + keys.map(pointerPart).join('');
}

/** The keys of a pointer; undefined when it is none. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function pointerPart(key: string | number): string {
  return typeof key === 'number' ? `/${key}` : `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
