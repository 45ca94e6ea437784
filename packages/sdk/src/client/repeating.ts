/** Whether a call that failed is tried again, and when: full jitter, and never before the server wants it. */
import { ApiError, ConnectionError, TimeoutError } from './errors.ts';

const firstMs = 250;
const longestMs = 10_000;

/** Was it a failure that may pass, and is it safe to repeat the call? */
export function isWorthRepeating(error: unknown, isRepeatable: boolean): boolean {
  if (error instanceof ConnectionError || error instanceof TimeoutError) return isRepeatable;
  if (!(error instanceof ApiError)) return false;
  if (nothingWasDone(error)) return true;
  return isRepeatable && (error.status === 408 || error.status >= 500 || error.code === 'idempotency_in_progress');
}

/** These are said before anything happens, so that whatever was asked may be asked again. */
function nothingWasDone({ status, code }: ApiError): boolean {
  return status === 429 || code === 'overloaded' || code === 'unavailable';
}

export type DelayOf = {
  readonly error: unknown;
  /** Tries that failed before. */
  readonly failed: number;
  /** From 0 to 1. */
  readonly random: number;
  readonly now: number;
};

/** Many callers that failed together come back at different times. */
export function delayMs({ error, failed, random, now }: DelayOf): number {
  const jitter = random * Math.min(longestMs, firstMs * 2 ** failed);
  return (error instanceof ApiError ? retryAfterMs(error.headers, now) : 0) + jitter;
}

/** `Retry-After`, in seconds or as a date; 0 when absent or not understood. */
export function retryAfterMs(headers: Headers, now: number): number {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
