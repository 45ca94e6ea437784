import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMask } from './mask.ts';

const secrets = fc.string({ minLength: 8, unit: 'grapheme-ascii' }).filter((text) => new Set(text).size > 4);
const around = fc.string({ maxLength: 10, unit: 'grapheme-ascii' });

describe('a mask', () => {
  it('finds a secret in every form in which others repeat it [S079]', () => {
    fc.assert(
      fc.property(secrets, around, around, (secret, before, after) => {
        const forms = [
          secret,
          JSON.stringify({ a: secret }),
          JSON.stringify(JSON.stringify({ a: secret })),
          encodeURIComponent(secret),
          new URLSearchParams({ a: secret }).toString(),
          Buffer.from(secret).toString('hex'),
          [...secret].reverse().join(''),
        ];
        const { text } = createMask([secret]);
        for (const form of forms) expect(text(before + form + after)).toContain('***');
        // In base64 its outermost characters are mixed with their neighbours; what is left of them tells two bytes at the most.
        const whole = Buffer.from(before + secret + after);
        for (const encoding of ['base64', 'base64url'] as const) {
          const decoded = Buffer.from(text(whole.toString(encoding)).replaceAll('*', ''), encoding).toString();
          expect(decoded).not.toContain(secret.slice(2, -2));
        }
      }),
    );
  });

  it('changes nothing where there is no secret', () => {
    const { value } = createMask(['a-long-secret']);
    const data = { a: ['text', 1, null, true, { b: 'a-long' }], __proto__x: 'a-long-secre' };
    expect(value(data)).toEqual(data);
  });

  it('finds it in keys, in numbers, and anywhere in a value', () => {
    const { value } = createMask(['secret-1', '12345678']);
    expect(value({ 'x secret-1': [{ a: 'secret-1!' }, 12345678] })).toEqual({ 'x ***': [{ a: '***!' }, '***'] });
  });

  it('finds the beginning of one at the end of a text that was cut off [S076]', () => {
    const { cutText } = createMask(['canary-0123456789', 'other']);
    for (let length = 4; length <= 17; length += 1)
      expect(cutText(`answer: ${'canary-0123456789'.slice(0, length)}`)).toBe('answer: ***');
    expect(cutText('answer: can')).toBe('answer: can');
  });

  it('masks the longer of two, one of which is in the other', () => {
    expect(createMask(['secret', 'secret-and-more']).text('a secret-and-more b')).toBe('a *** b');
  });
});
