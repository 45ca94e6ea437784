import { expect, it } from 'vitest';
import { createBoundedCache } from './bounded-cache.ts';
import { createCurrentCache } from './current-cache.ts';

function setup() {
  let at = 0;
  let loads = 0;
  const cache = createCurrentCache<number>({ ttlMs: 1_000, capacity: 2, now: () => at });
  const load = async () => {
    loads += 1;
    return loads;
  };
  return {
    cache,
    load,
    loads: () => loads,
    pass: (ms: number) => {
      at += ms;
    },
  };
}

it('asks once for what is wanted many times at the same moment, and again when the second is over', async () => {
  const { cache, load, loads, pass } = setup();
  expect(await Promise.all([cache.get('t', 'a', load), cache.get('t', 'a', load)])).toEqual([1, 1]);
  pass(999);
  expect(await cache.get('t', 'a', load)).toBe(1);
  pass(1);
  expect(await cache.get('t', 'a', load)).toBe(2);
  expect(loads()).toBe(2);
});

it('does not keep an answer that was on its way when its owner changed something', async () => {
  const { cache, load } = setup();
  const old = Promise.withResolvers<number>();
  const asked = cache.get('t', 'a', () => old.promise);
  cache.forget('t');
  expect(await cache.get('t', 'a', load)).toBe(1);
  old.resolve(-1);
  expect(await asked).toBe(-1);
  expect(await cache.get('t', 'a', load)).toBe(1);
});

it('keeps owners apart, and forgets one without the other', async () => {
  const { cache, load } = setup();
  await cache.get('t', 'a', load);
  await cache.get('u', 'a', load);
  cache.forget('t');
  expect(await cache.get('u', 'a', load)).toBe(2);
  expect(await cache.get('t', 'a', load)).toBe(3);
});

it('does not keep a failure', async () => {
  const { cache, load } = setup();
  await expect(cache.get('t', 'a', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(await cache.get('t', 'a', load)).toBe(1);
});

it('holds no more than its capacity, and forgets what was used longest ago', () => {
  const cache = createBoundedCache<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual([1, undefined, 3, 2]);
});

it('counts what each entry weighs, also when that changes', () => {
  const cache = createBoundedCache<number>(10);
  for (const key of ['a', 'b', 'c']) cache.set(key, 1, 3);
  cache.set('b', 1, 6);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, 1, 1]);
  cache.set('heavy', 1, 100);
  expect([cache.size, cache.get('heavy')]).toEqual([1, 1]);
  cache.set('light', 1, 1);
  expect([cache.size, cache.get('light')]).toEqual([1, 1]);
});
