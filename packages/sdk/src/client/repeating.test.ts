import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError, type ApiErrorCode, ConnectionError, TimeoutError } from './errors.ts';
import { delayMs, isWorthRepeating, retryAfterMs } from './repeating.ts';

const refusal = (status: number, code: ApiErrorCode, headers: Record<string, string> = {}) =>
  new ApiError({ status, code, title: '', detail: '', errors: [], correlationId: '', headers: new Headers(headers) });
const lost = new ConnectionError('');
const late = new TimeoutError('', { timeoutMs: 1 });

describe('a call is tried again', () => {
  it.each([
    ['there was no answer', lost],
    ['the answer was late', late],
    ['the server gave up on the request', refusal(408, 'request_timeout')],
    ['the server failed', refusal(500, 'internal')],
    ['a proxy has no server', refusal(502, 'unexpected_answer')],
    ['the database is away', refusal(503, 'database_unavailable')],
    ['the first request under its key is not committed', refusal(409, 'idempotency_in_progress')],
  ])('when %s, if doing it twice is doing it once', (_when, error) => {
    expect(isWorthRepeating(error, true)).toBe(true);
    expect(isWorthRepeating(error, false)).toBe(false);
  });

  it.each([
    refusal(429, 'rate_limited'),
    refusal(429, 'too_many_signals'),
    refusal(503, 'overloaded'),
    refusal(503, 'unavailable'),
  ])('when the server says before it does anything that it cannot now: $code', (error) => {
    expect(isWorthRepeating(error, false)).toBe(true);
  });

  it.each([
    refusal(400, 'invalid_body'),
    refusal(404, 'not_found'),
    refusal(409, 'conflict'),
    new Error('of the caller'),
  ])('never when it would be refused again: %s', (error) => expect(isWorthRepeating(error, true)).toBe(false));
});

describe('the wait before another try', () => {
  const now = Date.parse('2026-01-31T08:00:00Z');

  it('is spread from nothing to a bound that doubles, up to ten seconds', () => {
    const at = (failed: number, random: number) => delayMs({ error: lost, failed, random, now });
    expect([0, 1, 2, 3, 9].map((failed) => at(failed, 1))).toEqual([250, 500, 1_000, 2_000, 10_000]);
    expect(at(3, 0)).toBe(0);
  });

  it('is never shorter than the server asks for', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1_000), (failed, random, seconds) => {
        const error = refusal(429, 'rate_limited', { 'retry-after': String(seconds) });
        const wait = delayMs({ error, failed, random, now });
        expect(wait).toBeGreaterThanOrEqual(seconds * 1_000);
        expect(wait).toBeLessThanOrEqual(seconds * 1_000 + 10_000);
      }),
    );
  });

  it('reads Retry-After as seconds and as a date, and passes over what is neither', () => {
    const after = (text: string) => retryAfterMs(new Headers({ 'retry-after': text }), now);
    expect(after('2')).toBe(2_000);
    expect(after('Sat, 31 Jan 2026 08:00:05 GMT')).toBe(5_000);
    expect(after('Sat, 31 Jan 2026 07:00:00 GMT')).toBe(0);
    expect(after('soon')).toBe(0);
    expect(retryAfterMs(new Headers(), now)).toBe(0);
  });
});
