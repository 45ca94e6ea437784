/** Reads a request body as JSON, with a bound on its depth: later code may then recurse without fear. */
import { isUtf8 } from 'node:buffer';
import type { Json } from '@cloudflow/core/json.ts';
import { problem } from '../errors/problem.ts';

/**
 * Deep enough for blocks nested far beyond what a definition may (32, some six levels each), so that the rule with the
 * better message speaks first; shallow enough for every stack.
 */
const deepest = 512;

/** Undefined for an empty body. Any own key is data, `__proto__` included: nothing is ever merged out of it. */
export function readJson(bytes: Buffer): Json | undefined {
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw problem('malformed_json', { detail: 'The body is not UTF-8.' });
  if (isTooDeep(bytes))
    throw problem('json_too_deep', { detail: `The body is nested more than ${deepest} levels deep.` });
  const text = bytes.toString('utf8');
  const value = parse(text);
  // A literal beyond the range of a double would silently become Infinity, and null in the journal.
  if (mayOverflow.test(text)) refuseInfinity(value, '');
  return value;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw problem('malformed_json', { detail: `The body is not JSON: ${reason(error)}.` });
  }
}

/** V8 quotes the text around the mistake, which may be a secret: only the position is passed on. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const position = /at position \d+(?: \(line \d+ column \d+\))?/.exec(message);
  if (position) return `unexpected character ${position[0]}`;
  return message.includes('end of JSON') || message.startsWith('Unterminated')
    ? 'it ends too early'
    : 'unexpected character';
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

function isTooDeep(bytes: Buffer): boolean {
  // Each level costs two bytes, so that most bodies need no look.
  if (bytes.length <= 2 * deepest) return false;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inText) {
      if (byte === backslash) at++;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (byte === openBrace || byte === openBracket) {
      depth++;
      if (depth > deepest) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return false;
}

const mayOverflow = /[eE]\+?\d{3}|\d{300}/;

function refuseInfinity(value: Json, pointer: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const message = 'The number is beyond the range of a 64-bit floating point number.';
    throw problem('invalid_body', { detail: message, errors: [{ pointer, code: 'out_of_range', message }] });
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) refuseInfinity(inner as Json, `${pointer}/${escapePointer(key)}`);
}

/** A key as a part of a JSON pointer. */
export function escapePointer(key: string): string {
  return key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;
}
