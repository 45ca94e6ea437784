import { describe, expect, it } from 'vitest';
import { ActionError, RetryableError } from './error.ts';
import { excerptOf, fieldsOf, jsonOf, refusalOf, retryAfterMs } from './http-answer.ts';

const answer = (text: string, more: object = {}) => ({
  status: 200,
  headers: {},
  body: new TextEncoder().encode(text),
  ...more,
});

describe('an answer', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    ['0.5', 500],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['999999999', 86_400_000],
    ['later', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('with Retry-After %j asks for a wait of %s ms [X9]', (value, expected) => {
    expect(retryAfterMs(value, Date.parse('2026-11-21T12:00:00Z'))).toBe(expected);
  });

  it('is read in the charset that it names, and as UTF-8 when nobody knows that', () => {
    const latin = {
      headers: { 'content-type': 'application/json; charset=iso-8859-1' },
      body: Uint8Array.of(34, 252, 34),
    };
    expect(jsonOf(answer('', latin))).toBe('ü');
    expect(jsonOf(answer('"ü"', { headers: { 'content-type': 'application/json; charset=klingon' } }))).toBe('ü');
  });

  it('without a body is null, and one that is no JSON an error with its beginning', () => {
    expect(jsonOf(answer(' '))).toBeNull();
    expect(() => jsonOf(answer('<html>'))).toThrow(ActionError);
    expect(fieldsOf(answer('<html>'))).toEqual({});
    expect(fieldsOf(answer('[1]'))).toEqual({});
    expect(fieldsOf(answer('{"a":1}'))).toEqual({ a: 1 });
  });

  it('is shown by its beginning, without half a character at the end', () => {
    expect(excerptOf(answer('x'.repeat(1023) + 'ü'))).toBe('x'.repeat(1023));
  });
});

describe('a refusal', () => {
  const refused = (status: number, more: object = {}, headers = {}) =>
    refusalOf(answer('', { status, headers }), { code: 'provider_refused', message: 'No', details: {}, ...more });

  it.each([
    [400, false],
    [401, false],
    [404, false],
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [503, true],
  ])('with status %i is tried again: %s', (status, retryable) => {
    expect(refused(status) instanceof RetryableError).toBe(retryable);
  });

  it('says what the other side says of the wait, and leaves out details that are not there', () => {
    expect(refused(429, {}, { 'retry-after': '3' })).toMatchObject({ afterMs: 3_000 });
    expect(refused(429, { afterMs: 64_570 }, { 'retry-after': '3' })).toMatchObject({ afterMs: 64_570 });
    expect(refused(403, { retryable: true, details: { reason: 'rate', other: undefined } })).toMatchObject({
      name: 'RetryableError',
      details: { status: 403, reason: 'rate' },
    });
    expect(refused(403, { details: { other: undefined } }).details).toEqual({ status: 403 });
  });
});
