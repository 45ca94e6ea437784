import { expect, it } from 'vitest';
import { followLog, type LogLine } from './follow-log.ts';

const line = (message: string, at: string | null = '2026-01-01T00:00:00Z'): LogLine => ({
  ...{ at, level: 'info', source: 'worker', step: 's', attempt: 1, message, fields: {} },
});

/** A log that has, each time that the run is asked about, more lines; in pages of three. */
function growing(states: readonly (readonly LogLine[])[]) {
  let at = 0;
  return {
    isOver: async () => {
      at += 1;
      return at >= states.length;
    },
    pages: {
      page: async (cursor = '0') => {
        const all = states[Math.min(at, states.length) - 1] ?? [];
        const from = Number(cursor);
        const next = all.length > from + 3 ? String(from + 3) : null;
        return { data: all.slice(from, from + 3), next_cursor: next };
      },
    },
  };
}

async function followed(
  states: readonly (readonly LogLine[])[],
  signal = new AbortController().signal,
  timeoutMs?: number,
) {
  const { isOver, pages } = growing(states);
  const messages: string[] = [];
  for await (const { message } of followLog(pages, { isOver, timeoutMs, signal, leastMs: 1 })) messages.push(message);
  return messages;
}

it('gives each line once, as often as it was told, over any number of pages', async () => {
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((each) => line(each));
  if (!a || !b || !c || !d || !e) throw new Error('five lines');
  expect(await followed([[], [a], [a, a, b], [a, a, b, c, c, d, e], [a, a, b, c, c, d, e, e]])).toEqual([
    'a',
    'a',
    'b',
    'c',
    'c',
    'd',
    'e',
    'e',
  ]);
});

it('gives a line that another server wrote before those that were seen already', async () => {
  expect(await followed([[line('b')], [line('a'), line('b')]])).toEqual(['b', 'a']);
});

it('tells how many lines were not kept once, at the end', async () => {
  const more = (count: number) => line(`${count} more`, null);
  expect(
    await followed([
      [line('a'), more(1)],
      [line('a'), more(2)],
      [line('a'), more(7)],
    ]),
  ).toEqual(['a', '7 more']);
});

it('ends when it is interrupted, and when its time is over', async () => {
  const never = Array.from({ length: 1_000_000 }, () => []);
  await expect(followed(never, AbortSignal.abort())).rejects.toThrow();
  await expect(followed(never, undefined, 5)).rejects.toMatchObject({ options: { ending: 'timeout' } });
});
