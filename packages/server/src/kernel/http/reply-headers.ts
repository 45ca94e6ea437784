/** The headers of answers, as the description of the API tells of them. */

type HeaderText = { readonly name: string; readonly text: string };

/** A route says which of these its successes have; see `replyHeaders`. */
export const replyHeaders = {
  etag: { name: 'ETag', text: 'The state that was read or made; for `If-Match`.' },
  location: { name: 'Location', text: 'Where what was made is found.' },
  'idempotent-replayed': {
    name: 'Idempotent-Replayed',
    text: '`true`: this is the answer to an earlier request with the same `Idempotency-Key`. Absent else.',
  },
} as const satisfies Record<string, HeaderText>;

export type ReplyHeader = keyof typeof replyHeaders;

const always: readonly HeaderText[] = [
  { name: 'X-Correlation-ID', text: 'Names this request in the log; the one that was sent, or a new one.' },
  { name: 'traceparent', text: 'The W3C trace context of this request.' },
];
const ofProblems: readonly HeaderText[] = [
  ...always,
  { name: 'Retry-After', text: 'Seconds after which to ask again; where asking again helps.' },
];

/** The `headers` of a success in OpenAPI. */
export function successHeaders(names: readonly ReplyHeader[] = []) {
  return described([...names.map((name) => replyHeaders[name]), ...always]);
}

/** The `headers` of a refusal in OpenAPI. */
export const problemHeaders = described(ofProblems);

function described(headers: readonly HeaderText[]) {
  return Object.fromEntries(headers.map(({ name, text }) => [name, { description: text, schema: { type: 'string' } }]));
}
