/** Entity tags: which state of a thing somebody has seen. */
import { createHash } from 'node:crypto';
import { problem } from '../errors/problem.ts';

/** A strong tag over the given parts, quotes included. */
export function etagOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return `"${hash.digest('base64url').slice(0, 22)}"`;
}

/** Throws `precondition_failed` when `If-Match` was sent and names another state than `current`. */
export function requireMatch(ifMatch: string | undefined, current: string): void {
  if (ifMatch === undefined || lists(ifMatch, current)) return;
  throw problem('precondition_failed', { headers: { etag: current } });
}

/** Whether who asks has this state already: the answer is a 304 without a body. */
export function isKnown(ifNoneMatch: string | undefined, current: string): boolean {
  return ifNoneMatch !== undefined && lists(ifNoneMatch, current);
}

/** Proxies that compress make tags weak (`W/"…"`); the state is the same. */
function lists(header: string, current: string): boolean {
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === current);
}
