/** Finds the API key in the headers of a request. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Problem, problem } from '../kernel/errors/problem.ts';
import { isApiKey } from './api-key.ts';

/** Throws `unauthenticated` when there is none, when it is malformed, or when two headers say different things. */
export function readApiKey(headers: IncomingHttpHeaders): string {
  const bearer = bearerOf(headers.authorization);
  const direct = headers['x-api-key'];
  if (bearer === undefined && direct === undefined) throw unauthenticated('The request has no credentials.');
  if (bearer !== undefined && direct !== undefined && bearer !== direct) {
    throw unauthenticated('Authorization and X-API-Key contradict each other.');
  }
  const key = bearer ?? direct;
  // The same words for a malformed key and an unknown one: which it was is nobody's business.
  if (typeof key !== 'string' || !isApiKey(key)) throw unauthenticated('The API key is not valid.');
  return key;
}

export function unauthenticated(detail: string): Problem {
  return problem('unauthenticated', { detail, headers: { 'www-authenticate': 'Bearer realm="cloudflow"' } });
}

function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = /^Bearer +(\S+) *$/i.exec(header);
  // Another scheme is no reason to look further: what was sent as credentials must be valid ones.
  return match?.[1] ?? '';
}
