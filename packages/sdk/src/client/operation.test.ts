import { describe, expect, it } from 'vitest';
import { type ApiOperation, readArguments, requestOf } from './operation.ts';

const request = (operation: ApiOperation, ...given: readonly unknown[]) =>
  requestOf(operation, readArguments(operation, given));
const get = { verb: 'GET', path: '/things/{id}/parts/{name}', query: ['limit', 'tag'], isRepeatable: true } as const;
const start = {
  verb: 'POST',
  path: '/things/{id}/start',
  query: ['wait'],
  body: 'fields',
  takesKey: true,
  isRepeatable: true,
} as const;
const put = { verb: 'PUT', path: '/things/{id}', body: 'whole', isRepeatable: true } as const;

describe('a request', () => {
  it('has its places in the path, encoded, and its query after it', () => {
    const { path } = request(get, 'a/b', 'ü?', { limit: 2, tag: ['x', 'y&z'], absent: undefined });
    expect(path).toBe('/things/a%2Fb/parts/%C3%BC%3F?limit=2&tag=x&tag=y%26z');
  });

  it.each(['', '.', '..', undefined, 7])(
    'is not made with %j in the place of an id: it would be another address',
    (id) => {
      expect(() => request(get, id, 'name')).toThrow(TypeError);
    },
  );

  it('parts the fields of its body from those of its query', () => {
    expect(request(start, 'a', { input: 1, wait: '1s' })).toMatchObject({
      path: '/things/a/start?wait=1s',
      body: { input: 1 },
    });
    expect(request(start, 'a')).toMatchObject({ path: '/things/a/start', body: {} });
  });

  it('has a body of any shape as an argument of its own', () => {
    expect(request(put, 'a', { wait: 1 }, { ifMatch: '"7"' })).toMatchObject({
      body: { wait: 1 },
      headers: { 'if-match': '"7"' },
    });
  });

  it('that creates has a key: the one that is given, or one of its own', () => {
    const key = (...given: readonly unknown[]) => request(start, 'a', {}, ...given).headers['idempotency-key'];
    expect(key({ idempotencyKey: 'mine' })).toBe('mine');
    expect(key()).toMatch(/^[0-9a-f]{32}$/);
    expect(key()).not.toBe(key());
  });

  it('with an ETag is not repeated: the first try that came through has made it stale', () => {
    expect(request(put, 'a', {}).isRepeatable).toBe(true);
    expect(request(put, 'a', {}, { ifMatch: '"7"' }).isRepeatable).toBe(false);
  });
});
