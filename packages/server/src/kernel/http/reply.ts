/** What a route answers: a text, or a stream of texts. */
export type Reply = TextReply | StreamReply;

/** Status, headers, and a body that is text already. */
export type TextReply = {
  readonly status: number;
  /** Null: no body. */
  readonly text: string | null;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
};

/**
 * A body that is sent piece by piece, as it comes about. The next piece is asked for when the one before has been taken, so
 * that a slow reader costs one piece; a reader that takes nothing for a minute is cut off. The pieces have to end soon after
 * the signal of the request: the reader has gone, or the process stops, which ends the answer in good order.
 */
export type StreamReply = {
  readonly status: 200;
  readonly pieces: AsyncIterable<string>;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
};

const json = 'application/json; charset=utf-8';

/** An answer in JSON; without `body` it has none. */
export function reply(status: number, body?: unknown, headers?: Readonly<Record<string, string>>): TextReply {
  return { status, text: body === undefined ? null : JSON.stringify(body), contentType: json, headers };
}

/** An answer whose JSON text exists already, such as stored inputs and outputs: it is not parsed and printed again. */
export function rawJson(status: number, text: string, headers?: Readonly<Record<string, string>>): TextReply {
  return { status, text, contentType: json, headers };
}

/** An answer that is not JSON. */
export function document(contentType: string, text: string, headers?: Readonly<Record<string, string>>): TextReply {
  return { status: 200, text, contentType, headers };
}

/** Server-sent events, as the HTML standard has them; see `StreamReply`. */
export function eventStream(pieces: AsyncIterable<string>): StreamReply {
  // Proxies that gather an answer before they pass it on are asked not to.
  return {
    status: 200,
    pieces,
    contentType: 'text/event-stream; charset=utf-8',
    headers: { 'x-accel-buffering': 'no' },
  };
}
