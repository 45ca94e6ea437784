/** What a route answers: status, headers, and a body that is text already. */
export type Reply = {
  readonly status: number;
  /** Null: no body. */
  readonly text: string | null;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
};

const json = 'application/json; charset=utf-8';

/** An answer in JSON; without `body` it has none. */
export function reply(status: number, body?: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return { status, text: body === undefined ? null : JSON.stringify(body), contentType: json, headers };
}

/** An answer whose JSON text exists already, such as stored inputs and outputs: it is not parsed and printed again. */
export function rawJson(status: number, text: string, headers?: Readonly<Record<string, string>>): Reply {
  return { status, text, contentType: json, headers };
}

/** An answer that is not JSON. */
export function document(contentType: string, text: string, headers?: Readonly<Record<string, string>>): Reply {
  return { status: 200, text, contentType, headers };
}
