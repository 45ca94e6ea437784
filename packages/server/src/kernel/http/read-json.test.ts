import { expect, test } from 'vitest';
import { Problem } from '../errors/problem.ts';
import { readJson } from './read-json.ts';

const read = (text: string | Buffer) => readJson(Buffer.from(text as string));

function refusal(text: string | Buffer): Problem {
  try {
    read(text);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was read');
}

test('an empty body is no body', () => {
  expect(read('')).toBeUndefined();
});

test('keys that other languages treat specially are data [S051]', () => {
  const value = read('{"__proto__":{"polluted":1},"constructor":2}') as Record<string, unknown>;
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a hundred thousand brackets are refused before anything recurses into them [S083]', () => {
  expect(refusal('['.repeat(100_000) + ']'.repeat(100_000)).code).toBe('json_too_deep');
  expect(refusal('{"a":'.repeat(100_000)).code).toBe('json_too_deep');
});

test('brackets inside of texts do not count as depth', () => {
  const text = `${'['.repeat(5_000)}\\"${'{'.repeat(5_000)}`;
  expect(read(`["${text}"]`)).toEqual([JSON.parse(`"${text}"`)]);
});

test('depth at the bound is read', () => {
  expect(read('['.repeat(512) + ']'.repeat(512))).toBeInstanceOf(Array);
  expect(refusal('['.repeat(513) + ']'.repeat(513)).code).toBe('json_too_deep');
});

test('a number that a double cannot hold is refused with its place, and not stored as null [S083]', () => {
  expect(refusal('{"a":[1,1e400]}').errors).toEqual([
    { pointer: '/a/1', code: 'out_of_range', message: expect.stringContaining('range') },
  ]);
  expect(refusal(`{"a/b":${'9'.repeat(400)}}`).errors?.[0]?.pointer).toBe('/a~1b');
  expect(read('{"text":"1e400"}')).toEqual({ text: '1e400' });
});

test('what is not UTF-8 is refused', () => {
  expect(refusal(Buffer.from([0x22, 0xff, 0x22])).code).toBe('malformed_json');
});

test('a mistake is told by its position, never by the text around it', () => {
  const { code, message } = refusal('{"password": "hunter2" oops}');
  expect(code).toBe('malformed_json');
  expect(message).toContain('at position 23');
  expect(message).not.toContain('hunter2');
  expect(refusal('{"a":').message).toContain('too early');
});
