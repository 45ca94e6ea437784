/** From the answer of the other side to the output of the step, or to the error that says whether another try may help. */
import type { Json } from '@cloudflow/core/json.ts';
import { ActionError, type HttpResponse, RetryableError } from '@cloudflow/sdk/index.ts';
import type { RequestConfig, RequestOutput } from './request-config.ts';

const maxExcerptBytes = 1024;
/** A longer wait than a day is no answer to "when may I come back". */
const maxRetryAfterMs = 24 * 3_600_000;
const retryableStatuses = new Set([408, 425, 429]);

export function toOutput({ status, headers, body }: HttpResponse, response: RequestConfig['response']): RequestOutput {
  const type = String(headers['content-type'] ?? '');
  const mode = response ?? (isJson(type) ? 'json' : 'text');
  const plain = Object.entries(headers).map(([name, value]): [string, string | string[]] => [
    name,
    typeof value === 'string' ? value : [...value],
  ]);
  return { status, headers: Object.fromEntries(plain), body: read(body, mode, type) };
}

/** 408, 425, 429 and 5xx are retryable, no other status. `about` is the request in words, without path and query. */
export function toError(answer: HttpResponse, about: string): ActionError {
  const { status, headers, body } = answer;
  const excerpt = decode(body.subarray(0, maxExcerptBytes), String(headers['content-type'] ?? '')).replace(
    /\uFFFD+$/,
    '',
  );
  const facts = { code: 'http_status', details: { status, excerpt } };
  const message = `${about} was answered with status ${status}`;
  if (!retryableStatuses.has(status) && status < 500) return new ActionError(message, facts);
  const afterMs = retryAfterMs(headers['retry-after'], Date.now());
  return new RetryableError(message, { ...facts, ...(afterMs === undefined ? {} : { afterMs }) });
}

/** Seconds or a date; undefined when it is neither. */
export function retryAfterMs(value: unknown, now: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const wait = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.min(maxRetryAfterMs, Math.max(0, wait));
}

function read(body: Uint8Array, mode: 'json' | 'text' | 'binary', type: string): Json {
  if (mode === 'binary') return Buffer.from(body).toString('base64');
  const text = decode(body, type);
  if (mode === 'text') return text;
  return text.trim() === '' ? null : parseJson(text);
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new ActionError('The body of the answer is not JSON', {
      code: 'response_invalid',
      details: { excerpt: text.slice(0, maxExcerptBytes) },
      cause: error,
    });
  }
}

function isJson(type: string): boolean {
  return /^\s*(application|text)\/([\w.!#$&^-]+\+)?json\s*(;|$)/i.test(type);
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
