import { expect, it } from 'vitest';
import { acceptsJson } from './accept.ts';

it.each([
  [undefined, true],
  ['', true],
  ['*/*', true],
  ['application/*;q=0.1', true],
  ['text/event-stream, Application/JSON; q=0.5', true],
  ['text/html,application/xhtml+xml,*/*;q=0.8', true],
  ['text/event-stream', false],
  ['application/json;q=0, */*', false],
  ['text/event-stream;q=1, application/json;q=0', false],
  [',;=', false],
])('Accept: %s: JSON is acceptable: %s', (accept, expected) => {
  expect(acceptsJson(accept)).toBe(expected);
});
