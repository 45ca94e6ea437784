import { describe, expect, it } from 'vitest';
import { batchedReader } from './batched-reader.ts';

function aTable() {
  const asked: (readonly string[])[] = [];
  const open: (() => void)[] = [];
  const read = batchedReader(async (ids) => {
    asked.push(ids);
    const { promise, resolve } = Promise.withResolvers<void>();
    open.push(resolve);
    await promise;
    if (ids.includes('broken')) throw new Error('no');
    return new Map(ids.filter((id) => id !== 'none').map((id) => [id, `${id}!`]));
  });
  return { asked, read, answer: () => open.shift()?.() };
}

describe('a batched reader', () => {
  it('asks at once for one, and together for those who ask meanwhile', async () => {
    const { asked, read, answer } = aTable();
    const first = [read('a'), read('b')];
    await Promise.resolve();
    expect(asked).toEqual([['a', 'b']]);
    const second = read('c');
    await Promise.resolve();
    const third = [read('d'), read('e'), read('d')];
    await Promise.resolve();
    expect(asked).toEqual([['a', 'b'], ['c']]);
    answer();
    expect(await Promise.all(first)).toEqual(['a!', 'b!']);
    expect(asked[2]).toEqual(['d', 'e']);
    answer();
    answer();
    expect(await second).toBe('c!');
    expect(await Promise.all(third)).toEqual(['d!', 'e!', 'd!']);
  });

  it('answers with nothing for what there is not', async () => {
    const { read, answer } = aTable();
    const reading = read('none');
    await Promise.resolve();
    answer();
    expect(await reading).toBeUndefined();
  });

  it('that fails tells all who asked with it, and goes on', async () => {
    const { read, answer } = aTable();
    const failed = Promise.allSettled([read('a'), read('broken')]);
    await Promise.resolve();
    answer();
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = read('a');
    await Promise.resolve();
    answer();
    expect(await next).toBe('a!');
  });
});
