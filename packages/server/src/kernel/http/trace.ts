/** Ids that tie a request to its log lines, events and calls to others: the correlation id and the W3C trace context. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export type Trace = {
  readonly correlationId: string;
  /** Our part of the trace that the caller began, or a new one. */
  readonly traceparent: string;
};

/** Nothing that could break a header, a log line or a terminal. */
const acceptable = /^[A-Za-z0-9][A-Za-z0-9._:@+=/-]{0,127}$/;
const parent = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

export function readTrace(headers: IncomingHttpHeaders): Trace {
  const made = randomUUID();
  const given = headers['x-correlation-id'];
  const correlationId = typeof given === 'string' && acceptable.test(given) ? given : made;
  const theirs = typeof headers.traceparent === 'string' ? parent.exec(headers.traceparent) : null;
  const hex = made.replaceAll('-', '');
  const span = hex.slice(0, 16);
  const traceparent = theirs ? `00-${theirs[1]}-${span}-${theirs[2]}` : `00-${hex}-${span}-01`;
  return { correlationId, traceparent };
}
