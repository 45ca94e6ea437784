/** Where a file stands in the house: everything the rules need to know of a path. */

export type Place = {
  /** The folder under packages/, or the top folder (`e2e`, `bench`, `tools`, `scripts`). */
  readonly workspace: string;
  readonly isTest: boolean;
  /** Where in packages/server/src it is; undefined outside it and for its tests' support. */
  readonly server: ServerPlace | undefined;
  /** The folder of packages/connectors/src it belongs to. */
  readonly connector: string | undefined;
};

export type ServerPlace =
  | { readonly layer: 'kernel'; readonly part: string }
  | { readonly layer: 'service'; readonly service: string }
  /** main.ts, compose.ts (with all in compose/), roles.ts, config.ts */
  | { readonly layer: 'top'; readonly file: string };

export function placeOf(path: string): Place {
  const workspace = /^packages\/([^/]+)\//.exec(path)?.[1] ?? path.split('/')[0] ?? '';
  return {
    workspace,
    isTest: /\.(test|conformance)\.ts$/.test(path) || /(^|\/)testing\//.test(path) || /^(e2e|bench)\//.test(path),
    server: serverPlaceOf(path),
    connector: /^packages\/connectors\/src\/([^/]+)\//.exec(path)?.[1],
  };
}

function serverPlaceOf(path: string): ServerPlace | undefined {
  const inside = /^packages\/server\/src\/(.+)$/.exec(path)?.[1]?.split('/');
  const [first = '', second = ''] = inside ?? [];
  if (!inside) return undefined;
  if (inside.length === 1) return { layer: 'top', file: first };
  if (first === 'compose') return { layer: 'top', file: 'compose.ts' };
  if (first === 'kernel') return { layer: 'kernel', part: second };
  return { layer: 'service', service: first };
}
