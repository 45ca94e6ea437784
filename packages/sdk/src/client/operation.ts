/** An operation of the API as data, and the request that comes of it and of the arguments of its method. */
import type { BoundOptions, CallOptions, CreateOptions } from './call-options.ts';
import { randomHex } from './random-hex.ts';

export type ApiOperation = {
  readonly verb: string;
  /** Below `/api/v1`, parameters as `{id}`. */
  readonly path: string;
  /** Names of the parameters of the query. */
  readonly query?: readonly string[];
  /** `whole`: an argument of its own. `fields`: given together with the parameters of the query. */
  readonly body?: 'whole' | 'fields';
  readonly takesKey?: true;
  readonly isPaged?: true;
  /** Doing it twice is doing it once. */
  readonly isRepeatable?: true;
  /** Answers with something else than JSON. */
  readonly isOpaque?: true;
};
export type Operations = { readonly [resource: string]: { readonly [name: string]: ApiOperation } };

export type ApiRequest = {
  readonly method: string;
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  /** Undefined: none. */
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly isRepeatable: boolean;
  /** The answer is handed over as it comes, unread. */
  readonly isOpaque: boolean;
};
export type Fields = { readonly [name: string]: unknown };
type Options = CallOptions & CreateOptions & BoundOptions;

/** The arguments of the method: the places of the path, a whole body, then fields where there are any, then options. */
export function readArguments(operation: ApiOperation, given: readonly unknown[]) {
  const count = operation.path.split('{').length - 1;
  const rest = given.slice(count);
  return {
    places: given.slice(0, count),
    whole: operation.body === 'whole' ? rest.shift() : undefined,
    fields: (operation.body === 'fields' || operation.query ? rest.shift() : undefined) as Fields | undefined,
    options: (rest.shift() ?? {}) as Options,
  };
}

export function requestOf(
  operation: ApiOperation,
  { places, whole, fields = {}, options }: ReturnType<typeof readArguments>,
): ApiRequest {
  const { verb, query = [], body, takesKey = false } = operation;
  const { ifMatch } = options;
  const isOfBody = ([name]: [string, unknown]) => !query.includes(name);
  return {
    method: verb,
    path: pathOf(operation.path, places) + queryOf(query, fields),
    ...(body === 'whole' && { body: whole }),
    ...(body === 'fields' && { body: Object.fromEntries(Object.entries(fields).filter(isOfBody)) }),
    headers: {
      // One for all tries of the call: the server does it once.
      ...(takesKey && { 'idempotency-key': options.idempotencyKey ?? randomHex(16) }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    },
    // Where the first try came through and its answer was lost, the ETag is not the present one any more.
    isRepeatable: (operation.isRepeatable ?? false) && ifMatch === undefined,
    isOpaque: operation.isOpaque ?? false,
  };
}

function pathOf(template: string, places: readonly unknown[]): string {
  let at = 0;
  return template.replace(/\{([^}]+)\}/g, (_match, name: string) => {
    const text = places[at++];
    // An empty text, or dots, would make it the address of something else.
    if (typeof text !== 'string' || /^\.{0,2}$/.test(text))
      throw new TypeError(`${name} of ${template} must be a text that is not empty`);
    return encodeURIComponent(text);
  });
}

export function queryOf(names: readonly string[], fields: Fields): string {
  const pairs = names.flatMap((name) =>
    [fields[name] ?? []].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
