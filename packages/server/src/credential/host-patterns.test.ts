import { describe, expect, it } from 'vitest';
import { hostPattern, mayBeSentTo } from './host-patterns.ts';

const may = (pattern: string, url: string) => mayBeSentTo([pattern], new URL(url));

describe('hosts of a credential', () => {
  it('are met by the very host, or by names below it where that is said', () => {
    expect(may('api.example.com', 'https://api.example.com/x')).toBe(true);
    expect(may('api.example.com', 'https://API.example.com./x')).toBe(true);
    expect(may('*.example.com', 'https://a.b.example.com')).toBe(true);
    expect(may('[::1]:8080', 'http://[::1]:8080')).toBe(true);
    expect(mayBeSentTo(null, new URL('http://anywhere.example'))).toBe(true);
  });

  it('are met by no other, however it is written [S070 S073]', () => {
    for (const url of [
      'https://example.com',
      'https://evilexample.com',
      'https://api.example.com.evil.net',
      'https://evil.net/api.example.com',
      'https://api.example.com@evil.net',
      'https://evil.net#api.example.com',
      'https://evil.net\\.example.com',
    ]) {
      expect(may('*.example.com', url), url).toBe(false);
      expect(may('api.example.com', url), url).toBe(false);
    }
    expect(mayBeSentTo([], new URL('https://api.example.com'))).toBe(false);
  });

  it('are met at their port alone, where they name one', () => {
    expect(may('example.com:443', 'https://example.com')).toBe(true);
    expect(may('example.com:443', 'http://example.com')).toBe(false);
    expect(may('127.0.0.1:8080', 'http://127.0.0.1:8081')).toBe(false);
  });

  it('are refused when they are no hosts', () => {
    const pattern = new RegExp(hostPattern);
    for (const bad of ['*', '*.', 'https://a.b', 'a.b/c', 'A.example', 'a..b', '*.*.com', 'a b', '']) {
      expect(pattern.test(bad), bad).toBe(false);
    }
  });
});
