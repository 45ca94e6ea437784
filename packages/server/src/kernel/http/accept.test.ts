import { expect, it } from 'vitest';
import { chooseType } from './accept.ts';

const [json, events] = ['application/json', 'text/event-stream'] as const;

it.each([
  [undefined, json],
  ['', json],
  ['*/*', json],
  ['application/*;q=0.1', json],
  ['text/event-stream, Application/JSON; q=0.5', events],
  ['text/event-stream;q=0.5, application/json', json],
  ['text/event-stream, */*', events],
  ['text/html,application/xhtml+xml,*/*;q=0.8', json],
  ['text/event-stream', events],
  ['application/json;q=0, */*', events],
  ['text/html', undefined],
  ['application/json;q=0', undefined],
  [',;=', undefined],
])('Accept: %s: of JSON and a stream of events, %s is answered', (accept, expected) => {
  expect(chooseType(accept, [json, events])).toBe(expected);
});
