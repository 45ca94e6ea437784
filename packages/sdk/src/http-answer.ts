/** What an action makes of an answer: its text, its JSON, how long to wait, and whether another try may help. */
import type { Json } from '@cloudflow/core/json.ts';
import { ActionError, RetryableError } from './error.ts';
import type { HttpResponse } from './http.ts';

const maxExcerptBytes = 1024;
/** A longer wait than a day is no answer to "when may I come back". */
const maxRetryAfterMs = 24 * 3_600_000;
const retryableStatuses = new Set([408, 425, 429]);

/** 408, 425, 429 and 5xx; no other status passes by itself. */
export function isRetryable(status: number): boolean {
  return retryableStatuses.has(status) || status >= 500;
}

/** Seconds or a date; undefined when it is neither. */
export function retryAfterMs(value: unknown, now: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.min(maxRetryAfterMs, Math.max(0, Math.ceil(wait)));
}

/** The beginning of the body, to show to a person. */
export function excerptOf({ headers, body }: HttpResponse): string {
  return decode(body.subarray(0, maxExcerptBytes), contentType(headers)).replace(/\uFFFD+$/, '');
}

export function contentType(headers: HttpResponse['headers']): string {
  return String(headers['content-type'] ?? '');
}

export function textOf({ headers, body }: HttpResponse): string {
  return decode(body, contentType(headers));
}

/** Null for an empty body. Throws `response_invalid`. */
export function jsonOf(answer: HttpResponse): Json {
  const text = textOf(answer);
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new ActionError('The body of the answer is not JSON', {
      code: 'response_invalid',
      details: { status: answer.status, excerpt: excerptOf(answer) },
      cause: error,
    });
  }
}

/** The body as an object, for what an error says of itself; without fields when it is none. */
export function fieldsOf(answer: HttpResponse): { readonly [field: string]: Json | undefined } {
  try {
    const value: unknown = JSON.parse(textOf(answer));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { [field: string]: Json })
      : {};
  } catch {
    return {};
  }
}

export type Refusal = {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, Json | undefined>>;
  /** Decides in place of the status. */
  readonly retryable?: boolean;
  /** How long the other side asks to wait, where it does not say so in `Retry-After`. */
  readonly afterMs?: number | undefined;
};

/** The error of an answer that is no success. Details that are undefined are left out; the status is added. */
export function refusalOf(answer: HttpResponse, refusal: Refusal): ActionError {
  const { code, message, retryable = isRetryable(answer.status) } = refusal;
  const known = Object.entries(refusal.details).filter((each): each is [string, Json] => each[1] !== undefined);
  const facts = { code, details: { status: answer.status, ...Object.fromEntries(known) } };
  if (!retryable) return new ActionError(message, facts);
  const afterMs = refusal.afterMs ?? retryAfterMs(answer.headers['retry-after'], Date.now());
  return new RetryableError(message, { ...facts, ...(afterMs === undefined ? {} : { afterMs }) });
}

const utf8 = new TextDecoder();

function decode(body: Uint8Array, type: string): string {
  const charset = /;\s*charset\s*=\s*"?([\w:.-]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (/^utf-?8$/i.test(charset)) return utf8.decode(body);
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    // A charset nobody knows: better readable in part than an error.
    return utf8.decode(body);
  }
}
