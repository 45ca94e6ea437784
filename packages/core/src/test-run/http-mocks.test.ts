import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMockedHttp, type HttpMock, holds } from './http-mocks.ts';

const ask = (mock: Partial<HttpMock>, request: { url: string; method?: string; body?: string }) =>
  createMockedHttp([{ url: '*', reply: { status: 200 }, ...mock }]).answerTo({ method: 'GET', body: '', ...request });

it.each([
  ['https://a.example/x', 'https://a.example/x', true],
  ['https://a.example/x', 'https://a.example/x/y', false],
  ['https://a.example/x', 'https://a.example/x?page=2', true],
  ['https://a.example/x?page=1', 'https://a.example/x?page=2', false],
  ['https://a.example/x?page=*', 'https://a.example/x?page=2', true],
  ['https://a.example/*/items', 'https://a.example/1/2/items', true],
  ['https://a.example/*/items', 'https://a.example/items', false],
  ['https://a*a/x', 'https://a/x', false],
  ['*', 'https://a.example/', true],
])('%s fits %s: %s', (url, asked, fits) => {
  expect(ask({ url }, { url: asked }) !== undefined).toBe(fits);
});

it('a pattern fits exactly what a regular expression of the same meaning does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/'), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 6 });
  fc.assert(
    fc.property(pattern, text, (url, asked) => {
      const parts = url.split('*').map((part) => part.replace(/[.]/g, '\\.'));
      expect(ask({ url }, { url: asked }) !== undefined).toBe(new RegExp(`^${parts.join('.*')}$`, 's').test(asked));
    }),
  );
});

it('the first that fits by method, URL and body answers, one of a list for each request', () => {
  const http = createMockedHttp([
    { method: 'post', url: 'https://a.example/*', body: { kind: 'gold' }, reply: { status: 201 } },
    { url: 'https://a.example/*', reply: [{ status: 500 }, { status: 200 }] },
    { url: 'https://b.example/', reply: { error: 'network' } },
  ]);
  const body = JSON.stringify({ kind: 'gold', id: 1 });
  expect(http.answerTo({ method: 'POST', url: 'https://a.example/', body })).toEqual({ status: 201 });
  const get = { method: 'GET', url: 'https://a.example/', body: '' };
  expect(
    [http.answerTo(get), http.answerTo(get), http.answerTo(get)].map(
      (reply) => reply && 'status' in reply && reply.status,
    ),
  ).toEqual([500, 200, 200]);
  expect(http.unused()).toEqual([2]);
  expect(http.answerTo({ method: 'GET', url: 'https://c.example/', body: '' })).toBeUndefined();
});

it('an object holds the fields that are named, a list is as long as it is named', () => {
  expect(holds({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ c: 2 }] })).toBe(true);
  expect(holds({ b: [1, 2] }, { b: [1] })).toBe(false);
  expect(holds({}, { a: null })).toBe(false);
  expect(holds(undefined, null)).toBe(false);
});
