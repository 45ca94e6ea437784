import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pages } from './pages.ts';

/** Numbers from 0 to `count`, so many a page; `reads` is which pages were asked for. */
function numbers(count: number, size: number) {
  const reads: (string | undefined)[] = [];
  const pages = new Pages<number>(async (cursor) => {
    reads.push(cursor);
    const from = Number(cursor ?? 0);
    const data = Array.from({ length: Math.min(size, count - from) }, (_, at) => from + at);
    return { data, next_cursor: from + size < count ? String(from + size) : null };
  });
  return { pages, reads };
}

describe('a list', () => {
  it('gives every row once, in order, whatever the size of a page', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 9 }), async (count, size) => {
        const rows: number[] = [];
        for await (const row of numbers(count, size).pages) rows.push(row);
        expect(rows).toEqual(Array.from({ length: count }, (_, at) => at));
      }),
    );
  });

  it('reads a page when it is needed, and none that nobody asks for', async () => {
    const { pages, reads } = numbers(100, 10);
    expect(reads).toEqual([]);
    for await (const row of pages) if (row === 12) break;
    expect(reads).toEqual([undefined, '10']);
  });

  it('gives the first rows without reading on', async () => {
    const { pages, reads } = numbers(100, 10);
    expect(await pages.first(10)).toHaveLength(10);
    expect(await pages.first(3)).toEqual([0, 1, 2]);
    expect(reads).toEqual([undefined, undefined]);
    expect(await numbers(2, 10).pages.first(5)).toEqual([0, 1]);
  });

  it('gives one page at a cursor', async () => {
    const { pages } = numbers(25, 10);
    expect(await pages.page()).toMatchObject({ next_cursor: '10' });
    expect(await pages.page('20')).toEqual({ data: [20, 21, 22, 23, 24], next_cursor: null });
  });
});
